"""Datasets, which are read into flat facts, and what is looked up for them, as what can be asked (`inquiry`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from . import unread
from .answers.follow import follow
from .answers.intake import cut_to_size
from .catalogue import Askable, DatasetEntry
from .inquiry import Inquiry, ReadContent
from .reading.facts import Fact
from .reading.outcomes import Facts

Parsed = Callable[[Askable, Any], tuple[list[Fact], list[str]]]

PARSED: Mapping[str, Parsed] = {"magda": unread.read_xml, "rest": unread.read_json}


def inquiry_of(entry: DatasetEntry) -> Inquiry[DatasetEntry, Facts]:
    """Say how a dataset is asked, with what is looked up for it; its facts are kept for the session."""
    return msgspec.structs.replace(
        inquiry_without_lookup(entry),
        bound=partial(cut_to_size, entry, items=entry.dataset.items),
        kept_as=Facts,
        follow=partial(follow, entry, inquiry_without_lookup(entry.lookup)) if entry.lookup else None,
    )


def inquiry_without_lookup[E: Askable](entry: E) -> Inquiry[E, Facts]:
    """Say how something is asked and read by itself: nothing is looked up for it, and it is never kept."""
    return Inquiry(
        key=entry,
        name=entry.name,
        agency=entry.agency,
        question=entry.question,
        service=entry.service,
        reader=partial(_read, entry, PARSED[entry.service.transport]),
        bound=partial(cut_to_size, entry),
        activity=entry.activity,
        deadline_s=entry.dataset.deadline_s,
        assurance=entry.dataset.assurance,
    )


def inquiries(entries: Iterable[DatasetEntry]) -> list[Inquiry[DatasetEntry, Facts]]:
    """Say of several datasets how they are asked."""
    return [inquiry_of(entry) for entry in entries]


def _read(entry: Askable, parsed: Parsed, content: Any, notes: Sequence[Fact]) -> ReadContent[Facts]:
    facts, places = parsed(entry, content)
    return ReadContent((*facts, *notes), places, is_empty=not facts)
