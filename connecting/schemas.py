"""Check a dataset's samples against a schema: the one that MAGDA publishes, or one in the body's folder.

MAGDA: `<published>/<Domein>.<Naam>Dienst-<Versie>/WebService/<Naam>Response.xsd`, or `schemas/<Naam>-<Versie>.xsd` in
the body's folder. JSON: `schema.json` in the body's folder; in its `$defs` the type of an answer has the name that
the manifest's `empty` gives (without that, the dataset's), and the type of a failure is `problem`.
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

from portal.platform.sources.catalogue import Askable
from portal.platform.sources.manifest import Magda, Rest
from portal.platform.wire.received import UnreadableBytes, decode

from .json_schema import JsonSchema, UnknownSchemaError
from .masking import mask

XS = "{http://www.w3.org/2001/XMLSchema}"
SHORTEST_STEM = 6  # characters that the names of a type and a service must share, to count as alike
LONGEST_ENDING = 3  # characters by which a plural is longer


class SchemaCheck(msgspec.Struct, frozen=True):
    """Hold the result of a check: by whose schema, "" when there is none, and the faults, each with its file."""

    by: Literal["", "published", "own"]
    faults: tuple[str, ...] = ()


def check(entry: Askable, answers: Sequence[Path], published: Path | None) -> SchemaCheck:
    """Check samples; `published` is the folder of MAGDA's published schemas, None without. Never raises."""
    service = entry.service
    if isinstance(service, Rest):
        return _check_json(entry, service, answers)
    own = entry.agency.folder / "schemas" / f"{service.service}-{service.version}.xsd"
    of_magda = published_schema(service, published)
    if of_magda is None and not own.is_file():
        return SchemaCheck("")
    faults = [f"{file.name}: {fault}" for file in answers for fault in _xml_faults(file, of_magda or own)]
    return SchemaCheck("published" if of_magda else "own", tuple(faults))


def published_schema(service: Magda, published: Path | None) -> Path | None:
    """Find the published schema of a service's answers; None when it is not there."""
    if published is None:
        return None
    folder = f"{service.domain}.{service.service}Dienst-{service.version[:5]}"
    file = published / folder / "WebService" / f"{service.service}Response.xsd"
    return file if file.is_file() else None


def _xml_faults(file: Path, schema: Path) -> list[str]:
    try:
        text = decode(file.read_bytes()).data
        content = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.LxmlError, UnreadableBytes, OSError) as error:
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
    """Give libxml's sentence about each fault with its line; national numbers are masked."""
    log: Any = compiled.error_log  # lxml's stubs lack that it is iterable
    return [f"line {each.line}: {mask(each.message)}" for each in log]


def criteria_faults(service: Magda, question: etree._Element, published: Path) -> list[str]:
    """Check the Criteria of a question against their published type (`criteria_types`); [] without such a type."""
    criteria = question.find("Criteria")
    types = criteria_types(service, published)
    if not types:
        return []
    if criteria is None:
        return [f"its criteria have a published type ({types[0].name}), and it has no <Criteria>"]
    faults = [_faults_of_type(criteria, candidate) for candidate in types]
    return [] if [] in faults else [f"{fault} (type {types[0].name})" for fault in faults[0]]


class CriteriaType(NamedTuple):
    """Hold a published type of criteria: its namespace, its name, and its file."""

    namespace: str
    name: str
    file: Path


@cache
def criteria_types(service: Magda, published: Path) -> tuple[CriteriaType, ...]:
    """Find the published types of a service's criteria, in the files that the schema of its answers includes.

    MAGDA names them after the service in several ways: CriteriaGeefPersoonType, GeefKindVoordelenCriteriaType,
    CriteriaGeefOnderneming2_0Type, CriteriaLoopbaanonderbrekingType. Those most like the service's name are given.
    """
    schema = published_schema(service, published)
    if schema is None:
        return ()
    candidates: dict[CriteriaType, int] = {}
    for file in _files_of(schema):
        root = etree.parse(file).getroot()
        for complex_type in root.iterchildren(f"{XS}complexType"):
            name = complex_type.get("name", "")
            if "Criteria" in name and (likeness := _likeness(name, service.service)):
                candidates[CriteriaType(root.get("targetNamespace", ""), name, file)] = likeness
    best = max(candidates.values(), default=0)
    return tuple(candidate for candidate, likeness in candidates.items() if likeness == best)


def _likeness(name: str, service: str) -> int:
    """Rate how much the name of a type is like that of a service, from 3 down to 0, which is not at all."""
    stem = re.sub(r"Criteria|Type$|[0-9]+_[0-9]+", "", name).removesuffix("dienst").casefold()
    whole = service.casefold()
    bare = re.sub(r"^(geef|zoek|registreer)", "", whole)
    if stem == whole:
        return 3
    if stem == bare:
        return 2
    # The type may have the singular of the service's name: "Loopbaanonderbreking" of "Loopbaanonderbrekingen".
    is_singular = len(stem) > SHORTEST_STEM and bare.startswith(stem) and len(bare) - len(stem) <= LONGEST_ENDING
    return 1 if is_singular else 0


def _files_of(schema: Path) -> list[Path]:
    """List a schema and all that it includes or imports, at any depth."""
    files: dict[Path, None] = {}
    waiting = [schema.resolve()]
    while waiting:
        file = waiting.pop()
        if file in files or not file.is_file():
            continue
        files[file] = None
        parts = etree.parse(file).getroot().iterchildren(f"{XS}import", f"{XS}include")
        waiting += [(file.parent / place).resolve() for part in parts if (place := part.get("schemaLocation", ""))]
    return list(files)


def _faults_of_type(element: etree._Element, criteria_type: CriteriaType) -> list[str]:
    """Validate an element by a schema that declares only that it is of this type."""
    namespace, location = quoteattr(criteria_type.namespace), quoteattr(criteria_type.file.as_uri())
    schema = f"""<xs:schema xmlns:xs="{XS.strip("{}")}" xmlns:p={namespace}>
      <xs:import namespace={namespace} schemaLocation={location}/>
      <xs:element name="{element.tag}" type="p:{criteria_type.name}"/></xs:schema>"""
    compiled = etree.XMLSchema(etree.fromstring(schema))
    compiled.validate(etree.fromstring(etree.tostring(element)))
    return _sentences(compiled)


def _check_json(entry: Askable, service: Rest, answers: Sequence[Path]) -> SchemaCheck:
    file = entry.agency.folder / "schema.json"
    if not file.is_file():
        return SchemaCheck("")
    type_names = {True: "problem", False: service.empty or entry.id}
    try:
        schema = _schema_in(file.read_bytes())
        faults = [
            f"{answer.name}: {fault}"
            for answer in answers
            for fault in schema.faults(
                json.loads(decode(answer.read_bytes()).data), type_names[answer.name.endswith(".problem.json")]
            )
        ]
    except UnknownSchemaError as error:
        return SchemaCheck("own", (f"schema.json cannot be used: {error}",))
    except (OSError, ValueError, UnreadableBytes) as error:
        return SchemaCheck("own", (f"schema.json cannot be used: it is no JSON: {error}",))
    return SchemaCheck("own", tuple(faults))


@lru_cache(maxsize=8)
def _schema_in(content: bytes) -> JsonSchema:
    """Read a schema; it is kept, since validating it takes longer than validating all answers of a body."""
    return JsonSchema(json.loads(content))
