"""Check a dataset's samples against the schema of whoever wrote it: the published one, or the folder's own.

MAGDA: `<published>/<Domein>.<Naam>Dienst-<Versie>/WebService/<Naam>Response.xsd`, or `schemas/<Naam>-<Versie>.xsd` in
the folder. JSON: `schema.json` in the folder, in whose `$defs` an answer is named after the manifest's `empty` (or
after the dataset, where there is none) and a failure is named `problem`.
"""

import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import quoteattr

import msgspec
from lxml import etree

from portal.platform.kit import national_number
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.manifest import Magda, Rest

from .json_schema import JsonSchema, UnknownSchemaError

XS = "{http://www.w3.org/2001/XMLSchema}"
SHORTEST_STEM = 6  # characters of a name of a type that is like the name of a service
LONGEST_ENDING = 3  # characters of a plural
_NUMBER = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")


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
    try:
        content = etree.parse(file, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.LxmlError, OSError) as error:
        return [f"no XML: {error}"]
    try:
        compiled = _compile(schema, schema.stat().st_mtime_ns)
    except (etree.LxmlError, OSError) as error:
        return [f"the schema {schema.name} cannot be used: {error}"]
    compiled.validate(content)
    return _sentences(compiled)


@cache
def _compile(schema: Path, _changed_at: int) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schema))


def _sentences(compiled: etree.XMLSchema) -> list[str]:
    """Give what libxml says of each fault, by its line; no whole national number."""
    log: Any = compiled.error_log  # its stubs do not know that it can be gone through
    return [f"line {each.line}: {_NUMBER.sub(_mask, each.message)}" for each in log]


def _mask(found: re.Match[str]) -> str:
    return national_number.mask(found[0])


def criteria_faults(service: Magda, question: etree._Element, published: Path) -> list[str]:
    """Hold the Criteria of a question against their published type; [] where none is published (`criteria_types`)."""
    criteria = question.find("Criteria")
    types = criteria_types(service, published)
    if not types:
        return []
    if criteria is None:
        return [f"its criteria have a published type ({types[0].name}), and it has no <Criteria>"]
    found = [_faults_of_type(criteria, one) for one in types]
    return [] if [] in found else [f"{fault} (type {types[0].name})" for fault in found[0]]


class CriteriaType(NamedTuple):
    """A published type of criteria: its namespace, its name, and the file it stands in."""

    namespace: str
    name: str
    file: Path


@cache
def criteria_types(service: Magda, published: Path) -> tuple[CriteriaType, ...]:
    """Find the published types of a service's criteria, in the files that the schema of its answer is made of.

    They are called after the service, in one of several ways: CriteriaGeefPersoonType, GeefKindVoordelenCriteriaType,
    CriteriaGeefOnderneming2_0Type, CriteriaLoopbaanonderbrekingType. Of several, those most like its name.
    """
    schema = published_schema(service, published)
    if schema is None:
        return ()
    found: dict[CriteriaType, int] = {}
    for file in _files_of(schema):
        root = etree.parse(file).getroot()
        for one in root.iterchildren(f"{XS}complexType"):
            name = one.get("name", "")
            if "Criteria" in name and (likeness := _likeness(name, service.service)):
                found[CriteriaType(root.get("targetNamespace", ""), name, file)] = likeness
    best = max(found.values(), default=0)
    return tuple(one for one, likeness in found.items() if likeness == best)


def _likeness(name: str, service: str) -> int:
    """Tell how much the name of a type is like that of a service; 0 when it is not called after it."""
    stem = re.sub(r"Criteria|Type$|[0-9]+_[0-9]+", "", name).removesuffix("dienst").casefold()
    whole = service.casefold()
    bare = re.sub(r"^(geef|zoek|registreer)", "", whole)
    if stem == whole:
        return 3
    if stem == bare:
        return 2
    # "Loopbaanonderbrekingen" asks for a "Loopbaanonderbreking".
    is_one_of_them = len(stem) > SHORTEST_STEM and bare.startswith(stem) and len(bare) - len(stem) <= LONGEST_ENDING
    return 1 if is_one_of_them else 0


def _files_of(schema: Path) -> list[Path]:
    """List a schema and all that it includes or imports."""
    found: dict[Path, None] = {}
    waiting = [schema.resolve()]
    while waiting:
        file = waiting.pop()
        if file in found or not file.is_file():
            continue
        found[file] = None
        parts = etree.parse(file).getroot().iterchildren(f"{XS}import", f"{XS}include")
        waiting += [(file.parent / place).resolve() for part in parts if (place := part.get("schemaLocation", ""))]
    return list(found)


def _faults_of_type(element: etree._Element, of: CriteriaType) -> list[str]:
    schema = f"""<xs:schema xmlns:xs="{XS.strip("{}")}" xmlns:p={quoteattr(of.namespace)}>
      <xs:import namespace={quoteattr(of.namespace)} schemaLocation={quoteattr(of.file.as_uri())}/>
      <xs:element name="{element.tag}" type="p:{of.name}"/></xs:schema>"""
    compiled = etree.XMLSchema(etree.fromstring(schema))
    compiled.validate(etree.fromstring(etree.tostring(element)))
    return _sentences(compiled)


def _check_json(entry: Askable, service: Rest, answers: Sequence[Path]) -> Checked:
    file = entry.agency.folder / "schema.json"
    if not file.is_file():
        return Checked("")
    names = {True: "problem", False: service.empty or entry.id}
    try:
        schema = _schema_in(file.read_bytes())
        found = [
            f"{answer.name}: {fault}"
            for answer in answers
            for fault in schema.faults(json.loads(answer.read_bytes()), names[answer.name.endswith(".problem.json")])
        ]
    except UnknownSchemaError as error:
        return Checked("own", (f"schema.json cannot be used: {error}",))
    except (OSError, ValueError) as error:
        return Checked("own", (f"schema.json cannot be used: it is no JSON: {error}",))
    return Checked("own", tuple(found))


@lru_cache(maxsize=8)
def _schema_in(written: bytes) -> JsonSchema:
    """Read a schema once: to check it against the draft takes longer than all answers of a body."""
    return JsonSchema(json.loads(written))
