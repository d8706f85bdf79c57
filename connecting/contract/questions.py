"""Rules about the question of a dataset: it names the person once, and is of the type that MAGDA publishes."""

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
# The elements that may be beside the criteria: the language, and the register.
BESIDE = {"Taal", "Bron"}


def fill_in(evidence: DatasetEvidence) -> str:
    """Give the question of a dataset, filled in with a number that is nobody's."""
    whom = NUMBER if is_about_people(evidence.entry) else COMPANY
    return Template(evidence.entry.question.template).safe_substitute(
        {evidence.entry.placeholder: whom, "today": TODAY}
    )


def ask_about_the_person(evidence: DatasetEvidence) -> Iterator[str]:
    """The question holds the number of the person, or of a lookup's company, once, where the service reads it."""
    is_about_a_person = is_about_people(evidence.entry)
    name, whom = evidence.entry.service.question, NUMBER if is_about_a_person else COMPANY
    text = fill_in(evidence)
    if not isinstance(evidence.entry.service, Magda):
        try:
            content = json.loads(text)
        except ValueError as error:
            yield f"requests/{name} is no JSON: {error}"
            return
        if not isinstance(content, dict) or content.get("insz") != whom or text.count(whom) != 1:
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
    if len(tags) != 1 or text.count(whom) != 1 or (is_about_a_person and tags != ["INSZ"]):
        where = ", in an element <INSZ>" if is_about_a_person else ""
        yield f"requests/{name} must say whom it is about once{where}"


def have_criteria_as_published(evidence: DatasetEvidence) -> Iterator[str]:
    """The criteria of a MAGDA question are of their published type, and beside them stands only what a service reads.

    A question about Persoon names its register. All this is looked at only where the service's schema is at hand.
    """
    service = evidence.entry.service
    if not isinstance(service, Magda) or evidence.published.schemas is None:
        return
    if schemas.published_schema(service, evidence.published.schemas) is None:
        return
    try:
        question = parse_xml(fill_in(evidence).encode())
    except PortalError:
        return  # `ask_about_the_person` reports it.
    faults = schemas.criteria_faults(service, question, evidence.published.schemas)
    yield from (f"requests/{service.question}: {fault}" for fault in faults)
    beside = [str(each.tag) for each in question if each.tag != "Criteria" and each.tag not in BESIDE]
    if question.find("Criteria") is not None and beside:
        yield f"requests/{service.question} has what no service reads beside its criteria: {', '.join(beside)}"
    if service.domain == "Persoon" and question.find("Bron") is None:
        yield f"requests/{service.question} must say of which register: <Bron>RR</Bron>"
