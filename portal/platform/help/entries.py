"""Read the entries of the help: a question that people ask, our answer, and the pages it is about (rows O1, A8).

`answers/topics.toml` arranges the topics, and `answers/TOPIC.toml` holds the entries of one. A feature may bring a
topic of its own, in a `help.toml` with `topic = { id = ..., title = ... }` above its entries. All files are read and
checked once, when the portal starts. An entry has these fields:

slug      its address below /hulp/, and its anchor on the page of all questions
question  as a citizen would ask it
answer    in plain Dutch, marked up as `marks` says
words     other words by which people search for it
places    pages it is about: a route name, with the arguments that it must have, if any ("themes:theme theme=a")
feature   a name of [features] in `topics.toml`: it waits for that, unless an installed feature declares the name
          (`Feature.help`). An entry that waits for none needs a place.
related   slugs of entries that go with it
rows      rows of the requirements, or paragraphs of the questions and answers, that ask for it
part      a template shown below the answer, `help/_PART.html`
begins    the first words in the contact form, for whoever comes from this entry

Question, answer, words and begins may be translated, each language in a table of its own (`[entries.en]`), and so may
the texts of `topics.toml` (`[en]`). A text without a translation is shown in Dutch.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError
from portal.platform.language import translations
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import InDutch, WrongTranslation

from . import marks
from .marks import Part
from .types import Help, HelpEntry, Later, PageAddress, Slug, Text, Topic

FOLDER = Path(__file__).with_name("answers")

OneLine = Annotated[str, msgspec.Meta(pattern=r"^\S(.*\S)?$")]


class HelpError(PortalError):
    """The entries of the help cannot be used."""

    code = "help"


class EntryTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as its file has it; the module's docstring explains each field."""

    slug: Slug
    question: Text
    answer: Annotated[translations.Text, msgspec.Meta(min_length=1)]
    words: Text
    places: tuple[OneLine, ...]
    related: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]
    feature: str = ""
    rows: tuple[OneLine, ...] = ()
    part: str = ""
    begins: translations.Text = ""


class _Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the portal cannot do yet. where: where citizens can do it now, one line marked up as an answer is."""

    feature: str
    title: Text
    where: Text


class _HelpTables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The other keys of `topics.toml`. features: titles by name; empty_words: words that a search leaves out."""

    most_asked: tuple[Slug, ...]
    features: dict[str, Text]
    empty_words: translations.Text


class _EmptyRest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What remains of a file after its tables were taken out: no key may."""


def whole_help() -> Help:
    """Give the help of this portal, in the language of the page."""
    return in_language(current())


@cache
def in_language(language: str) -> Help:
    """Give the help of this portal in a language, read once per process."""
    here = {claim for feature in installed.features() for claim in feature.help}
    files = [
        file for feature in installed.features() if (file := installed.folder_of(feature) / "help.toml").is_file()
    ]
    return read(FOLDER, here, files, language)


def about(route: str, arguments: Mapping[str, Any]) -> Sequence[HelpEntry]:
    """List the entries about a page, by the name of its route and its arguments."""
    return [
        entry
        for entry, needed in _by_route(current()).get(route, ())
        if all(str(arguments.get(name)) == value for name, value in needed.items())
    ]


@cache
def _by_route(language: str) -> Mapping[str, Sequence[tuple[HelpEntry, Mapping[str, str]]]]:
    entries: dict[str, list[tuple[HelpEntry, Mapping[str, str]]]] = {}
    for entry in in_language(language).entries.values():
        for place in entry.places:
            entries.setdefault(place.route, []).append((entry, place.arguments))
    return entries


def read(folder: Path, here: Collection[str], files: Sequence[Path] = (), language: str = DUTCH) -> Help:
    """Read a folder and the files of features; raises HelpError with file, place and cure at the first mistake.

    here: the names of [features] in `topics.toml` that installed features declare.
    """
    first = folder / "topics.toml"
    plain = _load(first)
    topics = _rows(first, plain, "topics", Topic, language)
    elsewhere = _rows(first, plain, "elsewhere", _Elsewhere, language)
    tables = _read_table(first, plain, _HelpTables, language)
    strange = sorted(set(here) - set(tables.features))
    if strange:
        raise HelpError(f"{first}: [features] does not have {strange[0]!r}, which a feature declares.")
    written = [(topic, one) for topic in topics for one in _entries(folder / f"{topic.id}.toml", language)]
    ids = [topic.id for topic in topics]
    for file in files:
        own = _load(file)
        topic = _read_table(file, own.pop("topic", None), Topic, language)
        ids.append(topic.id)
        written += [(topic, one) for one in _entries(file, language, own)]
    if topic_id := _first_duplicate(ids):
        raise HelpError(f"{folder}: the topic {topic_id!r} is there twice; give one another id.")
    if slug := _first_duplicate(one.slug for _, one in written):
        raise HelpError(f"{folder}: the slug {slug!r} stands in it twice; keep one.")
    waits = {name: title for name, title in tables.features.items() if name not in here}
    entries = {one.slug: _entry(topic, one, tables.features, waits) for topic, one in written}
    for entry in entries.values():
        _check_links(
            entry.slug, [*((slug, "") for slug in entry.related), *marks.linked_entries(entry.parts)], entries
        )
    later = dict(_later(first, elsewhere, waits, [(one.feature, entries[one.slug]) for _, one in written]))
    for name, one_later in later.items():
        _check_links(name, marks.linked_entries((Part("paragraph", (one_later.where,)),)), entries)
    unknown = [slug for slug in tables.most_asked if slug not in entries]
    if unknown:
        raise HelpError(f"{first}: most_asked names {unknown[0]!r}, which is no entry.")
    most_asked = tuple(entries[slug] for slug in tables.most_asked)
    topics = tuple(dict.fromkeys(topic for topic, _ in written))
    return Help(topics, most_asked, entries, frozenset(tables.empty_words.split()), later)


def _later(
    file: Path,
    elsewhere: Sequence[_Elsewhere],
    waits: Mapping[str, str],
    entries: Sequence[tuple[str, HelpEntry]],
) -> Iterator[tuple[str, Later]]:
    """Give what the portal cannot do yet, by the name of the feature that is not installed.

    elsewhere: where it can be done now. waits: the titles of such features, by name. entries: all, with their
    feature.
    """
    known = {one.feature: one for one in elsewhere}
    if len(known) < len(elsewhere):
        raise _wrong(file, "[[elsewhere]] names a feature twice")
    for name in [*(one.feature for one in elsewhere if one.feature in waits), *(waits.keys() - known.keys())]:
        absent = tuple(entry for feature, entry in entries if feature == name and entry.is_absent)
        if name in known:
            where = _parts(f"[[elsewhere]] {name}", known[name].where)[0].lines[0]
            yield name, Later(known[name].title, where, absent, isinstance(known[name].where, InDutch))
        elif absent:
            yield name, Later(waits[name], (), absent)


def _first_duplicate(names: Iterable[str]) -> str:
    """Give the first name that occurs more than once; "" for none."""
    return next((name for name, times in Counter(names).items() if times > 1), "")


def _entry(topic: Topic, one: EntryTable, features: Mapping[str, str], waits: Mapping[str, str]) -> HelpEntry:
    if one.feature and one.feature not in features:
        raise HelpError(f"{one.slug}: the feature {one.feature!r} is unknown; known: {', '.join(features)}.")
    waits_for = waits.get(one.feature, "")
    if not one.places and not waits_for:
        raise HelpError(f"{one.slug}: it has no place; name the page it is about.")
    parts = _parts(one.slug, one.answer)
    places = tuple(_place(one.slug, place) for place in one.places)
    more = (places, one.related, one.rows, waits_for, one.part, isinstance(one.answer, InDutch), one.begins)
    return HelpEntry(one.slug, one.question, parts, topic, one.words, *more)


def _parts(name: str, text: str) -> tuple[Part, ...]:
    try:
        return marks.read(text, installed.absent_ids())
    except marks.TextError as error:
        raise HelpError(f"{name}: {error}") from error


def _place(slug: str, written: str) -> PageAddress:
    route, *arguments = written.split(" ")
    pairs = [argument.partition("=") for argument in arguments]
    if not all(name and is_there and value for name, is_there, value in pairs):
        raise HelpError(f"{slug}: the place {written!r} is none; write ROUTE or ROUTE name=value.")
    return PageAddress(route, {name: value for name, _, value in pairs})


def _check_links(name: str, named: Iterable[tuple[str, str]], entries: Mapping[str, HelpEntry]) -> None:
    for slug, anchor in named:
        anchors = {part.anchor for part in entries[slug].parts} if slug in entries else set()
        if slug not in entries or slug == name or (anchor and anchor not in anchors):
            where = f"{slug}#{anchor}" if anchor else slug
            raise HelpError(f"{name}: it leads to {where!r}, which is no other entry.")


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(file, str(error)) from error


def _entries(file: Path, language: str, written: dict[str, Any] | None = None) -> tuple[EntryTable, ...]:
    """Read the entries of a file, which holds nothing else. written: its content, if it was read already."""
    written = _load(file) if written is None else written
    entries = _rows(file, written, "entries", EntryTable, language)
    _read_table(file, written, _EmptyRest, DUTCH)
    return entries


def _rows[T: msgspec.Struct](
    file: Path, written: dict[str, Any], name: str, kind: type[T], language: str
) -> tuple[T, ...]:
    """Remove the tables of one name from a file's content, and read each in a language."""
    rows = written.pop(name, None)
    if not isinstance(rows, list) or not rows:
        raise _wrong(file, f"it lists no `{name}`")
    return tuple(_read_table(file, row, kind, language) for row in rows)


def _read_table[T: msgspec.Struct](file: Path, written: Any, kind: type[T], language: str) -> T:
    """Read a table in a language; its translations into others are checked as well."""
    try:
        return translations.read(written, kind, language)
    except msgspec.ValidationError as error:
        raise _wrong(file, str(error)) from error
    except WrongTranslation as error:
        place = " ".join(str(written[key]) for key in ("slug", "id") if key in written)
        raise HelpError(f"{file}: {place} {'.'.join(error.keys)}: {error}; {error.cure}.") from error


def _wrong(file: Path, problem: str) -> HelpError:
    return HelpError(f"{file}: {problem}. Correct it; `help/entries.py` says what it may hold.")
