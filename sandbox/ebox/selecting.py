"""Choose letters by what a query says: filters, words, and a page.

A day is a Belgian one. Registry `smals` takes "after" and "before" at their word, so that neither day itself counts;
for the others the first day counts and the last does not. The public description leaves it open.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sandbox.rest.answers import Refused

from . import reference
from .letters import Letter
from .offices import ZONE, PostOffice

DEFAULT = 25
MOST = 100
LAST_PAGE = 2**31 - 1
_TRUTHS = {"true": True, "false": False}
_LANGUAGES = frozenset(("nl", "fr", "de", "en"))


def select(letters: Sequence[Letter], query: Mapping[str, str], office: PostOffice) -> list[Letter]:
    """Give those that a query asks for, in the registry's order. Raises Refused (400)."""
    texts = {
        name: query[name]
        for name in ("messageTypeId", "senderOrganizationId", "senderApplicationId")
        if name in query
    }
    truths = {name: _truth(query, name) for name in ("readStatus", "visible", "registeredMail") if name in query}
    days = {
        name: _day(query, name)
        for name in ("receivedAfter", "receivedBefore", "expiredAfter", "expiredBefore")
        if name in query
    }
    words, language = query.get("q", ""), query.get("qlang", "")
    if "q" in query and language not in _LANGUAGES:
        raise Refused(400, "q needs qlang: nl, fr, de or en")
    found = [
        one
        for one in letters
        if all(_text(one, name) == value for name, value in texts.items())
        and all(_is(one, name) == value for name, value in truths.items())
        and all(_fits(one, name, value, office) for name, value in days.items())
        and (not words or words.casefold() in _all_words(one, office.id, language))
    ]
    return order(found, office)


def order(letters: Sequence[Letter], office: PostOffice) -> list[Letter]:
    """Put letters in the registry's order: newest first, or one that follows from ids only."""
    if office.rules.is_ordered:
        return sorted(letters, key=lambda one: one.received_at, reverse=True)
    return sorted(letters, key=lambda one: hashlib.md5(one.id.encode(), usedforsecurity=False).digest())


def cut[T](items: Sequence[T], query: Mapping[str, str]) -> Sequence[T]:
    """Give the page that a query asks for. Raises Refused (400)."""
    size = _whole(query, "pageSize", DEFAULT, MOST)
    number = _whole(query, "page", 1, LAST_PAGE)
    return items[(number - 1) * size : number * size]


def _whole(query: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= most):
        raise Refused(400, f"{name} is a whole number from 1 to {most}")
    return int(text)


def _truth(query: Mapping[str, str], name: str) -> bool:
    if query[name] not in _TRUTHS:
        raise Refused(400, f"{name} is true or false")
    return _TRUTHS[query[name]]


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


def _fits(letter: Letter, name: str, day: date, office: PostOffice) -> bool:
    moment: datetime = letter.received_at if name.startswith("received") else letter.expires_at
    here = moment.astimezone(ZONE).date()
    if name.endswith("Before"):
        return here < day
    return here > day if office.id == "smals" else here >= day


def _all_words(letter: Letter, office: str, language: str) -> str:
    """Gather the texts in which words are looked for, in one language."""
    sender = reference.senders(office).get(letter.sender, {})
    kind = reference.types(office).get(letter.type_id, {})
    texts = (letter.subject, sender.get("short", {}), sender.get("long", {}), kind.get("name", {}))
    names = (one.file_name for one in letter.enclosures)
    return "\n".join((*(it.get(language, "") for it in texts), *names)).casefold()
