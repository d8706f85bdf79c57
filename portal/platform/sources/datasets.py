"""Datasets, which are read into flat facts, as what can be asked (`inquiry`)."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from . import unread
from .catalogue import Entry
from .follow import follow
from .inquiry import Inquiry, Read
from .intake import bounded
from .reading.facts import Fact
from .reading.outcomes import Facts

Parsed = Callable[[Entry, Any], tuple[list[Fact], list[str]]]


def inquiry_of(entry: Entry) -> Inquiry[Entry, Facts]:
    """Say how a dataset is asked; what is made of its answer are facts, and it is kept for the session."""
    dataset = entry.dataset
    return Inquiry(
        key=entry,
        name=entry.name,
        agency=entry.agency,
        question=entry.question,
        service=dataset.service,
        reader=partial(_read, entry, unread.read_xml if dataset.magda else unread.read_json),
        bound=partial(bounded, entry),
        activity=entry.activity,
        kept_as=Facts,
        deadline_s=dataset.deadline_s,
        assurance=dataset.assurance,
        follow=partial(follow, entry, inquiry_of(entry.lookup)) if entry.lookup else None,
    )


def inquiries(entries: Iterable[Entry]) -> list[Inquiry[Entry, Facts]]:
    """Say of several datasets how they are asked."""
    return [inquiry_of(entry) for entry in entries]


def _read(entry: Entry, parsed: Parsed, content: Any, notes: Sequence[Fact]) -> Read[Facts]:
    facts, places = parsed(entry, content)
    return Read((*facts, *notes), places, is_empty=not facts)
