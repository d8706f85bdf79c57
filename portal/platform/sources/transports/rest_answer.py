"""Read an answer of a JSON service into an outcome.

It is Nothing only when the source says so: by status 204, or by an empty list where the manifest says that it means
so. A null counts as absent: as a member, in a list, and as the whole answer.
"""

import logging
import re
from typing import Any

import msgspec

from .. import unread
from ..inquiry import Inquiry
from ..manifest import Rest
from ..reading import json_text, leaves
from ..reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready
from ..reading.table import plain_number
from .answer import AnswerText

MISSING = "ontbreekt"

log = logging.getLogger("portal.sources")

# Short codes that may be logged or shown; none could be a national number.
_PRINTABLE = re.compile(r"(?!(?:[^0-9]*[0-9]){8})[A-Za-z0-9_.:/ -]{1,64}")

_decode = msgspec.json.Decoder().decode


def read[K, T](answer: AnswerText, inquiry: Inquiry[K, T], insz: str | None) -> Outcome[T]:
    """Read one inquiry's answer; never raises, whatever the bytes. `insz` None: whom it is about is not checked."""
    if answer.is_empty:
        return Nothing(answer.asked_at)
    service = inquiry.service
    assert isinstance(service, Rest)  # noqa: S101 - chosen by the caller's table
    try:
        content = _decode(answer.data)
    except json_text.FAILURES:
        return Down("unreadable", "no JSON")
    try:
        trouble = _damage(content, service, insz)
        if trouble is not None:
            return trouble
        made = inquiry.reader(content, ())
        twice = leaves.duplicates_in_json(answer.data, content)
    except Exception as error:
        # A bug in a parse function; the page goes on. The error's message is not logged: it may be personal.
        log.error("%s: %s while reading an answer", inquiry.name, type(error).__name__)
        return Down("unreadable", type(error).__name__)
    missing = _missing(content)
    if answer.has_exceptions and not missing:
        missing = [Missing(inquiry.agency.manifest.name, "x-magda-exceptions", "unavailable")]
    of_transport = {service.subject, service.count}
    places = [place for place in made.unread if place not in of_transport and place.partition("/")[0] != MISSING]
    # Of what stands twice, the transport too reads only the last.
    places += twice
    if answer.has_more:
        places.append(unread.ATTACHMENT)
    is_empty = bool(service.empty) and _at(content, service.empty) == []
    if made.is_empty and missing:
        return Down(missing[0].reason, f"{missing[0].origin} {missing[0].code}".strip())
    if made.is_empty and not is_empty:
        return Down("unreadable", "content")
    # With unread parts beside it, an empty list does not mean that the source has nothing.
    missing += unread.missing_parts(inquiry, places)
    if missing:
        return Partial(made.value, tuple(missing), answer.asked_at)
    return Nothing(answer.asked_at) if made.is_empty else Ready(made.value, answer.asked_at)


def _damage(content: Any, service: Rest, insz: str | None) -> Down | None:
    """Check an answer before its reader gets it: its shape, whom it is about, and its count; None if all is well."""
    if not isinstance(content, dict):
        return Down("unreadable", "no object")
    if service.subject:
        about = _at(content, service.subject)
        if not isinstance(about, str):
            return Down("unreadable", "no subject")
        if insz is not None and plain_number(about) != insz:
            return Down("mismatch", "INSZ")
    if service.empty:
        several = _at(content, service.empty)
        if not isinstance(several, list):
            return Down("unreadable", "no list")
        if service.count:
            count = _at(content, service.count)
            # In Python `true` equals 1, so flags are refused. The count may include the list's nulls or not.
            if type(count) is not int or count not in (len(several), len(_without_nulls(several))):
                return Down("unreadable", "count")
    return None


def _missing(content: dict[str, Any]) -> list[Missing]:
    """Read the member `ontbreekt`: a list of {"bron", "code"} for each part that the source could not have."""
    listed = content.get(MISSING)
    parts = _without_nulls(listed if isinstance(listed, list) else [listed])
    return [Missing(_word(part, "bron"), _word(part, "code"), "unavailable") for part in parts]


def _word(part: Any, name: str) -> str:
    """Give a member of a part, if it is a short code that may be logged; else "?"."""
    word = part.get(name) if isinstance(part, dict) else None
    return word if isinstance(word, str) and _PRINTABLE.fullmatch(word) else "?"


def _without_nulls(several: list[Any]) -> list[Any]:
    """Leave the nulls out of a list."""
    return [each for each in several if each is not None]


def _at(content: Any, path: str) -> Any:
    for name in path.split("/"):
        if not isinstance(content, dict):
            return None
        content = content.get(name)
    return content
