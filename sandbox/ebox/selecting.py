"""Select letters by a query: filters, words, and a page.

Days are those of Belgium. The public API description leaves open whether a filter includes its day: registry `smals`
excludes the days of "after" and "before", the others include that of "after" and exclude that of "before".
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sandbox.rest.answers import Refused

from . import reference
from .letters import Letter
from .offices import ZONE, PostOffice

DEFAULT_PER_PAGE = 25
MOST_PER_PAGE = 100
LAST_PAGE = 2**31 - 1
_BOOLEANS = {"true": True, "false": False}
_LANGUAGES = frozenset(("nl", "fr", "de", "en"))


def select(letters: Sequence[Letter], query: Mapping[str, str], office: PostOffice) -> list[Letter]:
    """Give the letters that match a query, in the registry's order. Raises Refused (400)."""
    texts = {
        name: query[name]
        for name in ("messageTypeId", "senderOrganizationId", "senderApplicationId")
        if name in query
    }
    booleans = {name: _boolean(query, name) for name in ("readStatus", "visible", "registeredMail") if name in query}
    days = {
        name: _day(query, name)
        for name in ("receivedAfter", "receivedBefore", "expiredAfter", "expiredBefore")
        if name in query
    }
    words, language = query.get("q", ""), query.get("qlang", "")
    if "q" in query and language not in _LANGUAGES:
        raise Refused(400, "q needs qlang: nl, fr, de or en")
    selection = [
        letter
        for letter in letters
        if all(_text(letter, name) == value for name, value in texts.items())
        and all(_is(letter, name) == value for name, value in booleans.items())
        and all(_is_within(letter, name, value, office) for name, value in days.items())
        and (not words or words.casefold() in _all_words(letter, office.id, language))
    ]
    return order(selection, office)


def order(letters: Sequence[Letter], office: PostOffice) -> list[Letter]:
    """Put letters in the registry's order: newest first, or an arbitrary one that follows from their ids."""
    if office.rules.is_ordered:
        return sorted(letters, key=lambda letter: letter.received_at, reverse=True)
    return sorted(letters, key=lambda letter: hashlib.md5(letter.id.encode(), usedforsecurity=False).digest())


def cut[T](items: Sequence[T], query: Mapping[str, str]) -> Sequence[T]:
    """Give the page (from 1 on) that a query asks for. Raises Refused (400)."""
    size = _whole_number(query, "pageSize", DEFAULT_PER_PAGE, MOST_PER_PAGE)
    number = _whole_number(query, "page", 1, LAST_PAGE)
    return items[(number - 1) * size : number * size]


def _whole_number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= most):
        raise Refused(400, f"{name} is a whole number from 1 to {most}")
    return int(text)


def _boolean(query: Mapping[str, str], name: str) -> bool:
    if query[name] not in _BOOLEANS:
        raise Refused(400, f"{name} is true or false")
    return _BOOLEANS[query[name]]


def _day(query: Mapping[str, str], name: str) -> date:
    try:
        if len(query[name]) == 10:
            return date.fromisoformat(query[name])
    except ValueError:
        pass
    raise Refused(400, f"{name} is a day: YYYY-MM-DD")


def _text(letter: Letter, name: str) -> str:
    match name:
        case "messageTypeId":
            return letter.type_id
        case "senderOrganizationId":
            return letter.sender
    return letter.application


def _is(letter: Letter, name: str) -> bool:
    match name:
        case "readStatus":
            return letter.is_read
        case "visible":
            return letter.is_visible
    return letter.is_registered


def _is_within(letter: Letter, name: str, day: date, office: PostOffice) -> bool:
    moment: datetime = letter.received_at if name.startswith("received") else letter.expires_at
    day_of_letter = moment.astimezone(ZONE).date()
    if name.endswith("Before"):
        return day_of_letter < day
    return day_of_letter > day if office.id == "smals" else day_of_letter >= day


def _all_words(letter: Letter, office: str, language: str) -> str:
    """Gather the texts of a letter that are searched for words, in one language and casefolded."""
    sender = reference.senders(office).get(letter.sender, {})
    kind = reference.types(office).get(letter.type_id, {})
    texts = (letter.subject, sender.get("short", {}), sender.get("long", {}), kind.get("name", {}))
    names = (enclosure.file_name for enclosure in letter.enclosures)
    return "\n".join((*(it.get(language, "") for it in texts), *names)).casefold()
