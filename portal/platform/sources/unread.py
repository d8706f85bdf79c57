"""Parts of bodies' answers that no reader knows: reported on the page, in the log and to the operator, by place and
never by value.

A body may add an element whenever it likes. Such an element makes answers partial until the body's folder reads it or
leaves it out with a reason (`samples/left_out.toml`); all other parts are shown.
"""

import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from .catalogue import Askable
from .inquiry import Inquiry
from .reading import leaves, marks
from .reading.facts import Fact
from .reading.outcomes import Missing

log = logging.getLogger("portal.sources")

MOST_SAID = 10  # places in one outcome
MOST_LOOKED_AT = 1000  # places of one answer
MOST_KEPT = 20  # places of one name that are logged and counted by name

ATTACHMENT = "(attachment)"  # a part of a multipart body, which has no place in the answer


class UnreadCount(msgspec.Struct):
    """What was not read of the answers to one question.

    name: of an inquiry or a public list, AGENCY.WHAT. answers: how many of its answers were not read whole since this
    process began. places: the first MOST_KEPT.
    """

    # In reports and in operators' JSON it has the name of earlier releases, which run beside this one for a while.
    name: str = msgspec.field(name="dataset")
    answers: int
    places: list[str]


_counted: dict[str, UnreadCount] = {}


def read_xml(entry: Askable, content: Any) -> tuple[list[Fact], list[str]]:
    """Let the entry's parse function read the Inhoud of an answer; gives the facts and the places not read."""
    with marks.note_reads() as read:
        facts = list(entry.parse(content))
    return facts, leaves.unread_in_xml(content, read, facts, entry.leaves_out)


def read_json(entry: Askable, content: Any) -> tuple[list[Fact], list[str]]:
    """Let the entry's parse function read an object; gives the facts and the places not read."""
    with marks.note_reads() as read:
        facts = list(entry.parse(content))
    return facts, leaves.unread_in_json(content, read, facts, entry.leaves_out)


def missing_parts(inquiry: Inquiry[Any, Any], places: Sequence[str]) -> list[Missing]:
    """Give the places that were not read as missing parts, and count and log them; [] when all was read."""
    if not places:
        return []
    # Names in an answer are the body's: a member of an object can even have a national number as its name.
    places = list(dict.fromkeys(place if leaves.is_printable(place) else "?" for place in places[:MOST_LOOKED_AT]))
    count(inquiry.name, places)
    return [Missing(inquiry.agency.manifest.name, place, "unread") for place in places[:MOST_SAID]]


def count(name: str, places: Sequence[str]) -> None:
    """Count that something of an answer was not read, and log each place once.

    name: of the inquiry, AGENCY.WHAT. places: of the answer, or reasons in words of ours; no personal data.
    """
    counted = _counted.setdefault(name, UnreadCount(name, 0, []))
    counted.answers += 1
    new = [place for place in places if place not in counted.places][: MOST_KEPT - len(counted.places)]
    if new:
        # Each process logs a place once: a body that adds an element adds it to every answer.
        counted.places += new
        log.warning("%s: not read: %s", name, ", ".join(new))


def counts_of(names: Sequence[str]) -> list[UnreadCount]:
    """List what this process counted under these names, and under those below them (`AGENCY.WHAT/PART`).

    The questions to a provider of the eBox have such names (`.../body`).
    """
    counted = list(_counted.items())  # threads beside the loop add to it meanwhile
    return [one for name in names for key, one in counted if key == name or key.startswith(f"{name}/")]
