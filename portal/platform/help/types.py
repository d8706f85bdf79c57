"""The types of the help: a topic, an entry as pages show it, what cannot be done here yet, and the whole."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from portal.platform.language import translations

from . import marks
from .marks import Part

Text = Annotated[translations.Text, msgspec.Meta(pattern=r"^\S(.*\S)?$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class PageAddress(msgspec.Struct, frozen=True):
    """A page: the name of its route, and arguments it must have."""

    route: str
    arguments: Mapping[str, str]


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of entries on the page of all questions."""

    id: Slug
    title: Text


class Later(msgspec.Struct, frozen=True):
    """What cannot be done here yet: in words, where it can be done now (empty: nowhere), and entries about it."""

    title: str
    where: marks.MarkedLine
    entries: tuple["HelpEntry", ...]
    is_in_dutch: bool = False


class HelpEntry(msgspec.Struct, frozen=True):
    """An entry as pages show it; `entries` explains the fields that a file has.

    waits_for: the title of the feature it waits for, "" when that is installed. is_in_dutch: whether its answer is in
    Dutch on a page in another language.
    """

    slug: str
    question: str
    parts: tuple[Part, ...]
    topic: Topic
    words: str
    places: tuple[PageAddress, ...]
    related: tuple[str, ...]
    rows: tuple[str, ...]
    waits_for: str
    part: str
    is_in_dutch: bool = False
    begins: str = ""

    @property
    def is_absent(self) -> bool:
        """Tell whether nothing that it is about can be done here yet."""
        return bool(self.waits_for) and not self.places

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return marks.address(f"hulp:{self.slug}")


class Help(msgspec.Struct, frozen=True):
    """The whole help. entries: by slug, in the order of the topics. empty_words: words that a search passes over.

    later: what cannot be done here yet, by the name of the feature that it waits for, in the order of `elsewhere`.
    """

    topics: tuple[Topic, ...]
    most_asked: tuple[HelpEntry, ...]
    entries: Mapping[str, HelpEntry]
    empty_words: frozenset[str]
    later: Mapping[str, Later]

    def of_topic(self, topic: Topic) -> Sequence[HelpEntry]:
        """List the entries of a topic about what can be done here."""
        return [entry for entry in self.entries.values() if entry.topic == topic and not entry.is_absent]

    def later_of(self, entry: HelpEntry) -> Later | None:
        """Give what an entry waits for, if nothing of it can be done here yet."""
        return next((later for later in self.later.values() if entry in later.entries), None)

    def related_to(self, entry: HelpEntry) -> Sequence[HelpEntry]:
        """List the related entries of an entry."""
        return [self.entries[slug] for slug in entry.related]
