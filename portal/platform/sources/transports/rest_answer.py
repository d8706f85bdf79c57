"""Read what a JSON service answered: facts, nothing, or why it cannot be used.

"Nothing" is said only when the source says so: status 204, or an empty list where the manifest says it means that.
"""

import logging
from typing import Any

import msgspec

from ..catalogue import Entry
from ..manifest import Rest
from ..reading.outcomes import Down, Nothing, Outcome, Ready
from .answer import Answer

log = logging.getLogger("portal.sources")

_decode = msgspec.json.Decoder().decode


def read(answer: Answer, entry: Entry, insz: str | None) -> Outcome:
    """Read one dataset's answer; never raises, whatever the bytes. `insz` None: whom it is about is not checked."""
    if answer.is_empty:
        return Nothing(answer.asked_at)
    service = entry.dataset.service
    assert isinstance(service, Rest)  # noqa: S101 - chosen by the caller's table
    try:
        content = _decode(answer.data)
        trouble = _damage(content, service, insz)
        if trouble is not None:
            return trouble
        facts = tuple(entry.parse(content))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Down("unreadable", "no JSON")
    except Exception as error:
        # Ours to mend (a parse function that was not total), yet the page goes on. No message: it may be personal.
        log.error("%s: %s while reading an answer", entry.name, type(error).__name__)
        return Down("unreadable", type(error).__name__)
    if facts:
        return Ready(facts, answer.asked_at)
    if service.empty and _at(content, service.empty) == []:
        return Nothing(answer.asked_at)
    return Down("unreadable", "content")


def _damage(content: Any, service: Rest, insz: str | None) -> Down | None:
    """Tell why an answer is not what was asked for, before anybody reads it."""
    if not isinstance(content, dict):
        return Down("unreadable", "no object")
    if service.subject:
        about = _at(content, service.subject)
        if not isinstance(about, str):
            return Down("unreadable", "no subject")
        if insz is not None and about != insz:
            return Down("mismatch", "INSZ")
    if service.empty:
        several = _at(content, service.empty)
        if not isinstance(several, list):
            return Down("unreadable", "no list")
        if service.count:
            count = _at(content, service.count)
            # `true` would pass for 1: to Python a flag is a number.
            if type(count) is not int or count != len(several):
                return Down("unreadable", "count")
    return None


def _at(content: Any, path: str) -> Any:
    for name in path.split("/"):
        if not isinstance(content, dict):
            return None
        content = content.get(name)
    return content
