"""The search through accesses to one's data: read from a form, turned into conditions on the journal. No I/O."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal

from msgspec.structs import replace

from portal.platform.journal.searching import EntryPlace, SoughtEntries
from portal.platform.journal.types import Activity
from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.dates import BRUSSELS

from . import wording

LONGEST_TEXT = 100  # characters of what is looked for

type WhoLooked = Literal["", "zelf", "anderen"]
OWN: WhoLooked = "zelf"
OTHERS: WhoLooked = "anderen"
WHO: Mapping[str, WhoLooked] = {OWN: OWN, OTHERS: OTHERS}


class SoughtUses(Unprinted, frozen=True, omit_defaults=True):
    """Which uses of their data somebody looks for; "" sets no condition.

    who: own looks, or those of others. body: the name of its folder. purpose: the key of one (`key_of`). text: words
    that must all occur. begin, end: the first and last day in Belgium (YYYY-MM-DD). past: only what comes after it.
    """

    who: WhoLooked = ""
    body: str = ""
    purpose: str = ""
    text: str = ""
    begin: str = ""
    end: str = ""
    past: EntryPlace | None = None

    @property
    def has_conditions(self) -> bool:
        """Whether any condition is set."""
        return self.first != SoughtUses()

    @property
    def first(self) -> "SoughtUses":
        """The same search from the newest use on."""
        return replace(self, past=None)


def sought_in(fields: Mapping[str, str]) -> SoughtUses:
    """Read a search from a form or an address; a value that makes no sense sets no condition."""
    begin, end = typed_text.days(fields.get("van", ""), fields.get("tot", ""))
    if day := typed_text.day(fields.get("dag", "")):
        begin = end = day
    return SoughtUses(
        who=WHO.get(fields.get("wie", ""), ""),
        body=_id(fields.get("dienst", "")),
        purpose=_id(fields.get("doel", "")),
        text=typed_text.beginning(fields.get("zoek", ""), most=LONGEST_TEXT),
        begin=begin,
        end=end,
    )


def entries_of(sought: SoughtUses, register: Mapping[bytes, Activity]) -> SoughtEntries:
    """Turn a search into conditions on entries of the journal. register: its activities by id."""
    begin, end = sought.begin and date.fromisoformat(sought.begin), sought.end and date.fromisoformat(sought.end)
    return SoughtEntries(
        kind="own" if sought.who == OWN else "others" if sought.who == OTHERS else "",
        activities=_activities(sought, register),
        begin=midnight(begin) if begin else None,
        end=midnight(end + timedelta(days=1)) if end else None,
        past=sought.past,
    )


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins in Belgium."""
    return datetime.combine(day, time(), BRUSSELS)


def bodies_in(register: Mapping[bytes, Activity]) -> Mapping[str, str]:
    """Name the bodies that the register knows, by the names of their folders, in the order of their names."""
    names = {activity.body: wording.name_of_body(activity.body, activity.body_name) for activity in register.values()}
    return dict(sorted(names.items(), key=lambda pair: (fold(pair[1]), pair[0])))


def purposes_in(register: Mapping[bytes, Activity]) -> Mapping[str, str]:
    """Give the purposes that the register knows by their keys, in the order of their words."""
    words = {key_of(activity.purpose): wording.own_text(activity.purpose) for activity in register.values()}
    return dict(sorted(words.items(), key=lambda pair: (fold(pair[1]), pair[0])))


def key_of(purpose: str) -> str:
    """Give the value that stands for a purpose in a form: 12 hexadecimal digits of its hash."""
    return hashlib.sha256(purpose.encode()).hexdigest()[:12]


def _activities(sought: SoughtUses, register: Mapping[bytes, Activity]) -> tuple[bytes, ...] | None:
    """List the ids of the activities that a search is about; None where it is about all."""
    wanted = fold(sought.text).split()
    if not (wanted or sought.body or sought.purpose):
        return None
    return tuple(
        activity_id
        for activity_id, activity in register.items()
        if sought.body in ("", activity.body)
        and sought.purpose in ("", key_of(activity.purpose))
        and have_words(wording.texts_of(activity), wanted)
    )


def _id(text: str) -> str:
    """Give a text that can be an id of a body or a purpose; "" for any other."""
    return text if 0 < len(text) <= 60 and text.isascii() and text.isprintable() else ""
