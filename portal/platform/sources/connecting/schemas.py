"""Check a dataset's samples against the schema of whoever wrote it: the published one, or the folder's own.

MAGDA: `<published>/<Domein>.<Naam>Dienst-<Versie>/WebService/<Naam>Response.xsd`, or `schemas/<Naam>-<Versie>.xsd` in
the folder. JSON: `schema.json` in the folder, in whose `$defs` an answer is named after the manifest's `empty` (or
after the dataset, where there is none) and a failure is named `problem`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from lxml import etree

from ..catalogue import Askable
from ..manifest import Magda, Rest
from .json_schema import UnknownSchemaError, faults


class Checked(msgspec.Struct, frozen=True):
    """What became of checking: whose schema it was ("" when there is none), and each fault, by file."""

    by: Literal["", "published", "own"]
    faults: tuple[str, ...] = ()


def check(entry: Askable, answers: Sequence[Path], published: Path | None) -> Checked:
    """Check samples; `published` is the folder of MAGDA's published schemas, if there is one. Never raises."""
    service = entry.service
    if isinstance(service, Rest):
        return _check_json(entry, service, answers)
    own = entry.agency.folder / "schemas" / f"{service.service}-{service.version}.xsd"
    ours = published_schema(service, published)
    if ours is None and not own.is_file():
        return Checked("")
    found = [f"{file.name}: {fault}" for file in answers for fault in _xml_faults(file, ours or own)]
    return Checked("published" if ours else "own", tuple(found))


def published_schema(service: Magda, published: Path | None) -> Path | None:
    """Find the published schema of a service's answers."""
    if published is None:
        return None
    folder = f"{service.domain}.{service.service}Dienst-{service.version[:5]}"
    file = published / folder / "WebService" / f"{service.service}Response.xsd"
    return file if file.is_file() else None


def _xml_faults(file: Path, schema: Path) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        compiled = etree.XMLSchema(etree.parse(schema))
        compiled.validate(etree.parse(file, parser))
    except (etree.LxmlError, OSError) as error:
        return [f"{type(error).__name__} (schema {schema.name})"]
    # Line and kind only: the message quotes what stands there.
    log: Any = compiled.error_log  # its stubs do not know that it can be gone through
    return [f"line {each.line} {each.type_name}" for each in log]


def _check_json(entry: Askable, service: Rest, answers: Sequence[Path]) -> Checked:
    file = entry.agency.folder / "schema.json"
    if not file.is_file():
        return Checked("")
    try:
        whole = json.loads(file.read_bytes())
        kinds = whole["$defs"]
        names = {True: "problem", False: service.empty or entry.id}
        found = [
            f"{answer.name}: {fault}"
            for answer in answers
            for fault in faults(
                json.loads(answer.read_bytes()), kinds[names[answer.name.endswith(".problem.json")]], whole
            )
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UnknownSchemaError) as error:
        return Checked("own", (f"schema.json cannot be used: {type(error).__name__}: {error}",))
    return Checked("own", tuple(found))
