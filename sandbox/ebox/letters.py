"""The letters that the registries keep, by registry and person."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from .consents import Consents
from .offices import PostOffice
from .offices import offices as usual_offices

_PIECE = 65_536


@dataclass(frozen=True)
class Enclosure:
    """Hold a file of a letter. generated: how many bytes are made while they are sent, in place of `content`.

    digest: what the registry says that it is (SHA-256 in base64url), None for what it really is, "" for none at all.
    """

    id: str
    file_name: str
    media_type: str
    content: bytes
    is_main: bool = False
    titles: dict[str, str] = field(default_factory=dict)
    digest: str | None = None
    generated: int = 0
    is_signed: bool = False

    @property
    def length(self) -> int:
        """Count its bytes."""
        return self.generated or len(self.content)

    @cached_property
    def real_digest(self) -> str:
        """Take the digest of its bytes: SHA-256 in base64url, without padding."""
        taken = hashlib.sha256()
        for piece in self.pieces():
            taken.update(piece)
        return base64.urlsafe_b64encode(taken.digest()).rstrip(b"=").decode()

    def pieces(self) -> Iterator[bytes]:
        """Give its bytes, a piece at a time; those that are made begin as a PDF does."""
        if not self.generated:
            yield self.content
            return
        left = self.generated
        piece = (b"%PDF-1.7\n" + hashlib.sha512(self.id.encode()).hexdigest().encode() * 600)[:_PIECE]
        while left:
            yield piece[:left]
            left -= min(left, len(piece))


@dataclass
class Letter:
    """Hold a letter in somebody's box; moments are aware.

    body: its text by language, of which HTML is as it was given. attention: for whom of a box it is, None for nobody
    in particular. is_sample: it was there from the start. raw: members that its answer has in place of its own.
    sent_at: when it was put here, None for a sample.
    """

    id: str
    person: str
    subject: dict[str, str]
    sender: str
    type_id: str
    received_at: datetime
    expires_at: datetime
    application: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    is_body_main: bool = False
    enclosures: tuple[Enclosure, ...] = ()
    payment: dict[str, Any] | None = None
    is_registered: bool = False
    is_read: bool = False
    is_visible: bool = True
    read_at: datetime | None = None
    attention: dict[str, str] | None = None
    business: list[dict[str, Any]] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    is_sample: bool = False
    sent_at: datetime | None = None

    def open(self, now: float) -> None:
        """Make it read, which only its main content does."""
        if not self.is_read:
            self.is_read, self.read_at = True, datetime.fromtimestamp(now, UTC)

    def is_gone(self, now: float) -> bool:
        """Tell whether it expired."""
        return self.expires_at.timestamp() <= now


@dataclass
class Boxes:
    """Hold all letters by registry, person and id, and what else the federation remembers.

    keys: with which letters were sent already, by sender. exclusive: who wants no paper any more. consulted: when a
    box was last looked into, by registry and person. odd_lines: what the federation lists besides. number: of letters
    made so far, so that each has an id.
    """

    offices: dict[str, PostOffice] = field(default_factory=usual_offices)
    letters: dict[tuple[str, str], dict[str, Letter]] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)
    exclusive: dict[str, bool] = field(default_factory=dict)
    consulted: dict[tuple[str, str], datetime] = field(default_factory=dict)
    odd_lines: list[Any] = field(default_factory=list)
    consents: Consents = field(default_factory=Consents)
    number: int = 1000  # Sample letters have the first.

    def add(self, office: str, letter: Letter) -> None:
        """Put a letter in a box; one of the same id is replaced."""
        self.letters.setdefault((office, letter.person), {})[letter.id] = letter

    def of(self, office: str, person: str, now: float) -> list[Letter]:
        """List what somebody has with a registry and is not gone, in the order in which it came here."""
        return [one for one in self.letters.get((office, person), {}).values() if not one.is_gone(now)]

    def one(self, office: str, person: str, number: str, now: float) -> Letter | None:
        """Find a letter of somebody; None where there is none of that id any more."""
        found = self.letters.get((office, person), {}).get(number)
        return None if found is None or found.is_gone(now) else found

    def all(self) -> Iterator[tuple[str, Letter]]:
        """List every letter with its registry."""
        for (office, _), letters in self.letters.items():
            for letter in letters.values():
                yield office, letter

    def clear(self, person: str = "") -> None:
        """Empty all boxes and forget what was sent, wished and looked into; of one person only where that is said."""
        if not person:
            self.keys.clear()
        for key in [it for it in self.letters if person in ("", it[1])]:
            del self.letters[key]
            self.consulted.pop(key, None)
        for whose in [it for it in self.exclusive if person in ("", it)]:
            del self.exclusive[whose]

    def next_id(self, office: str, moment: datetime) -> str:
        """Name a new letter as its registry does: a number, a UUID, or a file mark with slashes."""
        self.number += 1
        return id_of(office, self.number, moment)


def id_of(office: str, number: int, moment: datetime) -> str:
    """Write the id of a registry's letter of that number."""
    if office == "smals":
        return str(100_000_000 + number)
    if office == "federaal":
        return f"FED/{moment.year}/{number:06d}"
    drawn = hashlib.sha256(f"{office} {number}".encode()).hexdigest()
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:32]}"
