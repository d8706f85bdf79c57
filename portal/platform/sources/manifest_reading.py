"""Read an `agency.toml`: every key is read by its owner, and a key without an owner is refused.

The manifest's own keys become a `manifest.Manifest`, those of a feature the type of its section (`sections`). A table
of translations (`[datasets.en]`) is checked, and kept as written: `wording` makes texts of it when they are read.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from portal.platform.language.translations import WrongTranslation, split_languages

from .manifest import OWN, Manifest, ManifestError, line_of_key, line_of_table, refuse, text_of
from .sections import Keys, Level, RegisteredSections, Section, WrongKey
from .wording import Wording

LONGEST_KEY = 40  # characters of an unknown key for which the key that was meant is looked for


class ManifestContent(msgspec.Struct, frozen=True):
    """One `agency.toml` after reading: the manifest itself, and what each section read of it and of its datasets.

    of_datasets, languages_of_datasets: in the order of `manifest.datasets`. sources: the names of all sources in it,
    also those under keys of features that are left out. languages: the tables of translations, by language, without
    the keys of features that are left out.
    """

    manifest: Manifest
    sections: Mapping[Section[Any], Keys]
    of_datasets: tuple[Mapping[Section[Any], Keys], ...]
    sources: frozenset[str]
    languages: Mapping[str, Any]
    languages_of_datasets: tuple[Mapping[str, Any], ...]


def read(file: Path, registered: RegisteredSections) -> ManifestContent:
    """Read a manifest; raises ManifestError with file and cure, and with the line where it is TOML at all."""
    text = text_of(file)
    try:
        written = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # tomllib raises other errors than TOMLDecodeError for a number of a million digits, or a thousand brackets.
        raise ManifestError(f"{file}: not TOML: {error}; correct it.") from error
    listed = written.get("datasets")
    written, languages = _languages(written, "body", registered)
    # An item that is no table is passed on as it is, and refused below.
    parts = [
        _languages(one, "dataset", registered) if isinstance(one, dict) else (one, {})
        for one in (listed if isinstance(listed, list) else [])
    ]
    tables = [table for table, _ in parts]
    try:
        manifest = msgspec.convert(_own_keys(written, tables, registered), Manifest)
        found = {section: _read_section(section, written, tables) for section in registered.used}
    except msgspec.ValidationError as error:
        _refuse(file, error, registered)
    if manifest.machine_client:
        _check_scopes(file, manifest.machine_client.scopes, registered.known_scopes)
    unused = [keys for section in registered.unused for keys in _read_unused_section(section, written, tables)]
    all_keys = [*unused, *(keys for of_section in found.values() for keys in of_section)]
    content = ManifestContent(
        manifest,
        {section: keys[0] for section, keys in found.items() if section.level == "body"},
        tuple(
            {section: keys[at] for section, keys in found.items() if section.level == "dataset"}
            for at in range(len(manifest.datasets))
        ),
        frozenset(switch for keys in all_keys for switch in keys.switches()) | sources_of(manifest),
        languages,
        tuple(languages for _, languages in parts),
    )
    _check_languages(file, content)
    return content


def sources_of(manifest: Manifest) -> frozenset[str]:
    """Give the names of the sources that the datasets and their lookups ask."""
    lookups = {dataset.lookup.source for dataset in manifest.datasets if dataset.lookup}
    return frozenset({dataset.source for dataset in manifest.datasets} | lookups)


def _languages(
    table: Mapping[str, Any], level: Level, registered: RegisteredSections
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a table into its own keys and the tables of its languages, without the keys of unused sections."""
    owners = registered.owners(level)
    own, languages = split_languages(table, OWN[level] | owners.keys())
    unread = {key for key, section in owners.items() if section in registered.unused}
    for language, texts in languages.items():
        if isinstance(texts, dict):
            languages[language] = {key: text for key, text in texts.items() if key not in unread}
    return own, languages


def _check_languages(file: Path, made: ManifestContent) -> None:
    """Refuse a translation of something that is no text of the manifest, at its line."""
    _check_wording(file, Wording(made.manifest, made.sections, made.languages), made.languages, ())
    of_datasets = zip(made.manifest.datasets, made.of_datasets, made.languages_of_datasets, strict=True)
    for at, of_dataset in enumerate(of_datasets):
        start = line_of_table(file, "datasets", at)
        _check_wording(file, Wording(*of_dataset), of_dataset[-1], ("datasets",), start)


def _check_wording(
    file: Path, wording: Wording[Any], languages: Iterable[str], above: tuple[str, ...], start: int = 0
) -> None:
    for language in languages:
        try:
            wording.make(language)
        except WrongTranslation as error:
            table = (*above, language)
            line = line_of_key(file, (*table, *error.keys), start)
            refuse(file, "", f"[{'.'.join(table)}]: {error}", error.cure, line)


def _check_scopes(file: Path, scopes: Sequence[str], offered: frozenset[str]) -> None:
    """Refuse a scope that no feature offers to machines, at its line."""
    for at, scope in enumerate(scopes):
        if scope not in offered:
            problem = (
                f"Invalid enum value {scope!r}, a scope that no feature offers - at `$.machine_client.scopes[{at}]`"
            )
            refuse(file, scope, problem, f"write one of: {', '.join(sorted(offered)) or 'none'}")


def _own_keys(written: Mapping[str, Any], tables: Sequence[Any], registered: RegisteredSections) -> dict[str, Any]:
    """Drop the keys that sections claim, of the body and of each dataset.

    What is left should be the manifest's own: whoever converts it to a Manifest refuses a key that is not.
    """
    claimed = registered.owners("body")
    own = {key: value for key, value in written.items() if key not in claimed}
    if tables:
        of_datasets = registered.owners("dataset")
        own["datasets"] = [
            {key: value for key, value in table.items() if key not in of_datasets}
            if isinstance(table, dict)
            else table
            for table in tables
        ]
    return own


def _read_section(
    section: Section[Any], written: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]
) -> tuple[Keys, ...]:
    """Read the keys of a section: of the body, or of all datasets together, so that errors give a dataset's index."""
    if section.level == "body":
        return (msgspec.convert(_claim(section, written), section.keys),)
    kind: Any = section.keys
    shape = msgspec.defstruct("Datasets", [("datasets", tuple[kind, ...])])
    whole: Any = msgspec.convert({"datasets": [_claim(section, table) for table in tables]}, shape)
    found: tuple[Keys, ...] = whole.datasets
    return found


def _read_unused_section(
    section: Section[Any], written: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]
) -> Iterator[Keys]:
    """Read the keys of a section that is not in use, table by table; a wrong table is passed over."""
    for table in (written,) if section.level == "body" else tables:
        with suppress(msgspec.ValidationError):
            yield msgspec.convert(_claim(section, table), section.keys)


def _claim(section: Section[Any], table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in section.names}


def _refuse(file: Path, error: msgspec.ValidationError, registered: RegisteredSections) -> NoReturn:
    """Refuse a manifest that could not be converted, at the line of the key in the error."""
    message = str(error)
    place = re.search(r"`(\$[^`]*)`$", message)
    unknown = re.search(r"field `([^`]+)`", message)
    keys = re.findall(r"\.([a-z_]+)", place[1]) if place else []
    word = unknown[1] if unknown else (keys or [""])[-1]
    cure = "docs/agencies.md lists the keys a manifest may have"
    if isinstance(error.__cause__, WrongKey):
        word, cure = error.__cause__.key, error.__cause__.cure
    elif unknown and "unknown field" in message:
        cure += _suggest(word, keys, registered)
    table = re.search(r"([a-z]+)\[(\d+)\]", place[1]) if place else None
    start = line_of_table(file, table[1], int(table[2])) if table else 0
    refuse(file, word, message, cure, start)


def _suggest(word: str, keys: Sequence[str], registered: RegisteredSections) -> str:
    """Name the known key that an unknown one resembles, with its owner; "" when it resembles none."""
    if keys not in ([], ["datasets"]) or len(word) > LONGEST_KEY:
        return ""
    level: Level = "dataset" if keys else "body"
    owners = registered.owners(level)
    (near,) = get_close_matches(word, [*owners, *sorted(OWN[level])], n=1) or ("",)
    if not near:
        return ""
    return f"; `{near}` is one, of {owners[near].name if near in owners else 'the manifest itself'}"
