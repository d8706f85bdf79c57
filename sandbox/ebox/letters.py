"""The boxes of people at the registries, with the letters in them."""

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
    """Hold a file of a letter (an attachment in the API).

    generated: the number of bytes that are made up while they are sent, instead of `content`. digest: the digest that
    the registry gives (SHA-256 in base64url); None for the right one, "" for none.
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
        """Give its number of bytes."""
        return self.generated or len(self.content)

    @cached_property
    def real_digest(self) -> str:
        """Give the digest of its bytes: SHA-256 in base64url, without padding."""
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()

    def pieces(self) -> Iterator[bytes]:
        """Give its bytes in pieces; generated ones begin as a PDF does."""
        if not self.generated:
            yield self.content
            return
        remaining = self.generated
        piece = (b"%PDF-1.7\n" + hashlib.sha512(self.id.encode()).hexdigest().encode() * 600)[:_PIECE]
        while remaining:
            yield piece[:remaining]
            remaining -= min(remaining, len(piece))


@dataclass
class Letter:
    """Hold a letter in somebody's box; moments are aware.

    body: its text by language, which may be HTML and is never checked. attention: the `forTheAttentionOf` of the API,
    None without one. is_sample: it is of the start. raw: members that replace those of its JSON. sent_at: when it was
    put into the box, which may differ from received_at; None for a sample.
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
        """Mark it as read, if it is not yet; only opening its main content does that."""
        if not self.is_read:
            self.is_read, self.read_at = True, datetime.fromtimestamp(now, UTC)

    def is_gone(self, now: float) -> bool:
        """Tell whether it has expired."""
        return self.expires_at.timestamp() <= now


@dataclass
class Boxes:
    """Hold all letters by registry, person and id, and the state of the federation.

    keys: (sender, Idempotency-Key) of the letters that were sent. exclusive: who wants no letters on paper.
    consulted: when a box was last listed, by registry and person. odd_entries: further entries of the federation's
    list. number: the last number that was used for the id of a letter.
    """

    offices: dict[str, PostOffice] = field(default_factory=usual_offices)
    letters: dict[tuple[str, str], dict[str, Letter]] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)
    exclusive: dict[str, bool] = field(default_factory=dict)
    consulted: dict[tuple[str, str], datetime] = field(default_factory=dict)
    odd_entries: list[Any] = field(default_factory=list)
    consents: Consents = field(default_factory=Consents)
    number: int = 1000  # Sample letters have those below.

    def add(self, office: str, letter: Letter) -> None:
        """Put a letter in its box; one of the same id is replaced."""
        self.letters.setdefault((office, letter.person), {})[letter.id] = letter

    def of(self, office: str, person: str, now: float) -> list[Letter]:
        """List somebody's letters at a registry that have not expired, in the order in which they were added."""
        return [letter for letter in self.letters.get((office, person), {}).values() if not letter.is_gone(now)]

    def find(self, office: str, person: str, letter_id: str, now: float) -> Letter | None:
        """Find a letter of somebody; None when there is none of that id, or it has expired."""
        letter = self.letters.get((office, person), {}).get(letter_id)
        return None if letter is None or letter.is_gone(now) else letter

    def all(self) -> Iterator[tuple[str, Letter]]:
        """List every letter with its registry, also those that have expired."""
        for (office, _), letters in self.letters.items():
            for letter in letters.values():
                yield office, letter

    def clear(self, person: str = "") -> None:
        """Empty all boxes, and forget keys, preferences and consultations; with a person, theirs, and no keys."""
        if not person:
            self.keys.clear()
        for key in [it for it in self.letters if person in ("", it[1])]:
            del self.letters[key]
            self.consulted.pop(key, None)
        for owner in [it for it in self.exclusive if person in ("", it)]:
            del self.exclusive[owner]

    def next_id(self, office: str, moment: datetime) -> str:
        """Give the id of a new letter, in the registry's format (`id_of`)."""
        self.number += 1
        return id_of(office, self.number, moment)


def id_of(office: str, number: int, moment: datetime) -> str:
    """Write the id of letter `number` in the registry's format: a number, a reference with slashes, or a UUID."""
    if office == "smals":
        return str(100_000_000 + number)
    if office == "federaal":
        return f"FED/{moment.year}/{number:06d}"
    digits = hashlib.sha256(f"{office} {number}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
