"""Make inquiries of datasets and their lookups, whose answers are read into flat facts."""

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

# Reads a content by an entry's parse function; gives the facts and the places not read.
type ContentParser = Callable[[Askable, Any], tuple[list[Fact], list[str]]]

PARSERS: Mapping[str, ContentParser] = {"magda": unread.read_xml, "rest": unread.read_json}


def inquiry_of(entry: DatasetEntry) -> Inquiry[DatasetEntry, Facts]:
    """Make the inquiry of a dataset, with its lookup; its facts are kept for the session."""
    return msgspec.structs.replace(
        inquiry_without_lookup(entry),
        bound=partial(cut_to_size, entry, items=entry.dataset.items),
        kept_as=Facts,
        follow=partial(follow, entry, inquiry_without_lookup(entry.lookup)) if entry.lookup else None,
    )


def inquiry_without_lookup[E: Askable](entry: E) -> Inquiry[E, Facts]:
    """Make the inquiry of a dataset or a lookup by itself: it is followed by no lookup, and never kept.

    What a lookup finds is kept with the facts of its dataset.
    """
    return Inquiry(
        key=entry,
        name=entry.name,
        agency=entry.agency,
        question=entry.question,
        service=entry.service,
        reader=partial(_read, entry, PARSERS[entry.service.transport]),
        bound=partial(cut_to_size, entry),
        activity=entry.activity,
        deadline_s=entry.dataset.deadline_s,
        assurance=entry.dataset.assurance,
    )


def inquiries(entries: Iterable[DatasetEntry]) -> list[Inquiry[DatasetEntry, Facts]]:
    """Make the inquiries of several datasets."""
    return [inquiry_of(entry) for entry in entries]


def _read(entry: Askable, parse: ContentParser, content: Any, notes: Sequence[Fact]) -> ReadContent[Facts]:
    # Notes say nothing about the person: an answer with notes alone is empty.
    facts, places = parse(entry, content)
    return ReadContent((*facts, *notes), places, is_empty=not facts)
