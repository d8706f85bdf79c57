"""Read the members of a provider's JSON object one by one, and note by place what has no usable value.

Total: whatever the values, nothing is raised. The notes name places in the API's own words, never values.
"""

import base64
import binascii
import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from portal.platform.sources.reading import dates, json_text, moments

from . import outside_text

MOST_ID = 300  # characters of an id
MOST_TEXT = 300  # of a subject, a title, a name
MOST_AMOUNT = 10**12

_decode = msgspec.json.Decoder().decode
_CENT = Decimal("0.01")
_YES, _NO = ("true", "1"), ("false", "0")
_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_KBO = re.compile(r"(?:BE)?[ ]?([01]?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3})")
_SHA_256 = re.compile(r"sha[-_ ]?256", re.IGNORECASE)
_DIGEST_BYTES = 32


class Members:
    """One JSON object that is being read.

    unread: takes the places of members without a usable value ("messages/subject"); objects inside share it. place:
    of this object, "" for the answer itself. known: the names of members that were read, for `strangers`.
    """

    def __init__(self, content: Any, unread: list[str], place: str = "") -> None:
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self.unread = unread
        self.place = place
        self.known: set[str] = set()
        if not isinstance(content, dict):
            self.misses("")

    def misses(self, name: str) -> None:
        """Note that a member has no usable value; name "" for this object itself."""
        self.unread.append(f"{self.place}/{name}".strip("/"))

    def value_of(self, *names: str) -> Any:
        """Give the first value that is not null, of members that mean the same in several API versions, or None."""
        self.known.update(names)
        for name in names:
            if (value := self.content.get(name)) is not None:
                return value
        return None

    def below(self, name: str, value: Any) -> "Members":
        """Read a value that was taken from the member `name` as an object of its own, which notes below that name."""
        return Members(value, self.unread, f"{self.place}/{name}".strip("/"))

    def id(self, name: str, *, is_needed: bool = False) -> str:
        """Read an id of 1 to MOST_ID characters, as written; "" for none. is_needed: none is noted too."""
        value = self.value_of(name)
        if type(value) is int and 0 <= value < 10**30:
            value = str(value)
        if isinstance(value, str) and 0 < len(value) <= MOST_ID:
            return value
        if is_needed or value not in (None, ""):
            self.misses(name)
        return ""

    def line(self, name: str, most: int = MOST_TEXT) -> str:
        """Read a text as one line, cut to `most` characters; "" for none. A value that is no string is noted."""
        value = self.value_of(name)
        if value is not None and not isinstance(value, str):
            self.misses(name)
        return outside_text.line_of(value, most)

    def texts(self, name: str, *, is_needed: bool = False) -> Mapping[str, str]:
        """Read a text by language (`outside_text.LANGUAGES`); a bare string is Dutch. is_needed: note none too."""
        value = self.value_of(name)
        if isinstance(value, str):
            value = {"nl": value}
        found = outside_text.by_language(value, MOST_TEXT)
        if not found and (is_needed or not (value is None or _is_empty(value))):
            self.misses(name)
        return found

    def flag(self, *names: str, is_needed: bool = False) -> bool | None:
        """Read a boolean, also written as a string or as 0 or 1; None for none. is_needed: none is noted too."""
        value = self.value_of(*names)
        if value is True or value is False:
            return bool(value)
        # A value is measured before `str` writes it out: a number may have a million digits.
        is_short = len(value) < 10 if isinstance(value, str) else isinstance(value, int) and 0 <= value <= 1
        plain = str(value).strip().lower() if is_short else ""
        if plain in _YES or plain in _NO:
            return plain in _YES
        if is_needed or value is not None:
            self.misses(names[0])
        return None

    def moment(self, name: str, *, ends: bool = False) -> datetime | None:
        """Read a moment (UTC); None for none, and without a note for a value that stands for "never" or "unknown".

        ends: the moment ends something, so a day without a time is read as its last second.
        """
        value = self.value_of(name)
        found = moments.read(value, ends=ends)
        if found is None and value not in (None, "") and not _says_nothing(value):
            self.misses(name)
        return found

    def number(self, name: str) -> float | None:
        """Read a number from 0 to below 10**12; None for none. Any other value is noted."""
        value = self.value_of(name)
        if type(value) in (int, float) and 0 <= value < 10**12 and math.isfinite(value):
            return float(value)
        if value is not None:
            self.misses(name)
        return None

    def amount(self, name: str) -> Decimal | None:
        """Read an amount of money, with two decimals, or more where those are not zero; None, noted, for none."""
        value = self.value_of(name)
        # Programs that add floats send 30.299999999999997: six decimals are enough.
        is_number = type(value) in (int, float) and abs(value) < MOST_AMOUNT
        written = f"{value:.6f}" if is_number else value
        if isinstance(written, str) and len(written) <= 30:
            plain = written.strip().replace(",", ".")
            if _AMOUNT.fullmatch(plain):
                amount = Decimal(plain)
                in_cents = amount.quantize(_CENT)
                return in_cents if in_cents == amount else amount
        self.misses(name)
        return None

    def organisation(self, name: str) -> str:
        """Read the KBO number of an organisation, as ten digits; "", noted, for anything else."""
        value = self.value_of(name)
        written = f"{value:010}" if type(value) is int and 0 <= value < 10**10 else value
        found = _KBO.fullmatch(written.strip()) if isinstance(written, str) and len(written) <= 20 else None
        if found is None:
            self.misses(name)
            return ""
        return found[1].replace(".", "").zfill(10)

    def items(self, name: str, most: int) -> list[Any]:
        """Read at most `most` items of a list: a bare one, or `items` beside `totalItems`.

        The items are as they were sent. Noted are items that lack, and a value that is no list, which gives none.
        """
        value = self.value_of(name)
        total = value.get("totalItems") if isinstance(value, dict) else None
        found = _items_in(value)
        if not isinstance(found, list):
            self.misses(name)
            return []
        if len(found) > most or (type(total) is int and total > len(found)):
            self.misses(f"{name}/totalItems")
        return found[:most]

    def has_over(self, name: str, most: int) -> bool:
        """Tell whether a list has over `most` items, so that `items` leaves some out."""
        found = _items_in(self.value_of(name))
        return isinstance(found, list) and len(found) > most

    def digest(self, name: str) -> str:
        """Read a SHA-256 digest, as base64url without padding; "" for none, noted where it is of another method."""
        value = self.value_of(name)
        if value is None:
            return ""
        content = value if isinstance(value, dict) else {}
        found = _sha_256(content.get("digestMethod"), content.get("digestValue"))
        if not found:
            self.misses(name)
        return found

    def strangers(self) -> None:
        """Note the members that were not read until now, where they have a value."""
        for name, value in self.content.items():
            if name not in self.known and value not in (None, "", False, [], {}):
                self.misses(name[:MOST_ID])


def read_list(data: bytes) -> tuple[list[Any], Any] | str:
    """Decode JSON that is a list: a bare one, or `items` beside `totalItems`.

    Returns the items with the value of `totalItems` as it was sent (None for none), or, for anything else, a reason
    in a word or two.
    """
    try:
        content = json_text.decode_with(_decode, data)
    except json_text.FAILURES:
        return json_text.failure(data)
    found, total = (content.get("items"), content.get("totalItems")) if isinstance(content, dict) else (content, None)
    return (found, total) if isinstance(found, list) else "no list"


def _sha_256(method: Any, written: Any) -> str:
    if not (isinstance(method, str) and isinstance(written, str) and len(method) < 20 and len(written) < 100):
        return ""
    if not _SHA_256.fullmatch(method.strip()):
        return ""
    plain = written.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        data = base64.b64decode(f"{plain}{'=' * (-len(plain) % 4)}", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode() if len(data) == _DIGEST_BYTES else ""


def _items_in(value: Any) -> Any:
    """Give what should be the list of items: `items` of an object, or the value itself; [] where there is none."""
    found = value.get("items") if isinstance(value, dict) else value
    return [] if found is None else found


def _is_empty(texts: Any) -> bool:
    """Tell whether a text is empty in every language: an optional one lacks nothing then."""
    return isinstance(texts, dict) and all(each in (None, "") for each in texts.values())


def _says_nothing(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > dates.LONGEST:
        return False
    day = dates.read(value)
    return dates.says_nothing(value) or (day is not None and (not day.year or dates.is_never(day)))
