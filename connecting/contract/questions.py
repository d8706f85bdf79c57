"""Rules about the question of a dataset: it is about the person, once, and as MAGDA publishes it."""

import json
from collections.abc import Iterator
from string import Template

from portal.platform.kit.errors import PortalError
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.xml import parse_xml

from .. import schemas
from .evidence import DatasetEvidence
from .people import is_about_people

NUMBER, COMPANY, TODAY = "71690999999", "0999000101", "2026-03-03"
# What may stand beside the criteria: in which language, and of which register.
BESIDE = {"Taal", "Bron"}


def filled_in(of: DatasetEvidence) -> str:
    """Fill in the question of a dataset, with a number that is nobody's."""
    whom = NUMBER if is_about_people(of.entry) else COMPANY
    return Template(of.entry.question.template).safe_substitute({of.entry.placeholder: whom, "today": TODAY})


def ask_about_the_person(of: DatasetEvidence) -> Iterator[str]:
    """The question says whom it is about, in the place that the service reads."""
    name, whom = of.entry.service.question, NUMBER if is_about_people(of.entry) else COMPANY
    text = filled_in(of)
    if not isinstance(of.entry.service, Magda):
        try:
            asked = json.loads(text)
        except ValueError as error:
            yield f"requests/{name} is no JSON: {error}"
            return
        if not isinstance(asked, dict) or asked.get("insz") != whom or text.count(whom) != 1:
            yield f'requests/{name} must be a JSON object with the member "insz": "${{insz}}", and have it once'
        return
    try:
        question = parse_xml(text.encode())
    except PortalError as error:
        yield f"requests/{name} is no XML: {error.__cause__ or error}"
        return
    if question.tag != "Inhoud":
        yield f"requests/{name}: its root must be <Inhoud>, without a namespace; it is <{question.tag}>"
    tags = [str(each.tag) for each in question.iter() if each.text == whom]
    if len(tags) != 1 or (is_about_people(of.entry) and tags != ["INSZ"]):
        yield f"requests/{name} must say whom it is about once, in an element <INSZ>"


def have_criteria_as_published(of: DatasetEvidence) -> Iterator[str]:
    """The criteria of a MAGDA question are of their published type, where there is one."""
    service = of.entry.service
    if not isinstance(service, Magda) or of.published.schemas is None:
        return
    if schemas.published_schema(service, of.published.schemas) is None:
        return
    try:
        question = parse_xml(filled_in(of).encode())
    except PortalError:
        return  # another rule says so
    faults = schemas.criteria_faults(service, question, of.published.schemas)
    yield from (f"requests/{service.question}: {fault}" for fault in faults)
    beside = [str(each.tag) for each in question if each.tag != "Criteria" and each.tag not in BESIDE]
    if question.find("Criteria") is not None and beside:
        yield f"requests/{service.question} has what no service reads beside its criteria: {', '.join(beside)}"
    if service.domain == "Persoon" and question.find("Bron") is None:
        yield f"requests/{service.question} must say of which register: <Bron>RR</Bron>"
