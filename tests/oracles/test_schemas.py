"""Every question the portal asks of MAGDA, and every answer the model town gives, against the published schemas.

They are taken off the line between the two, as they were sent. Of the questions only the parts that are published
can be checked: the Context with its Afzender, the Vraag with its Referte, and the Criteria where their type is
published (GeefPersoon, GeefGezinssamenstelling, ...). What else stands in an `Inhoud` is left to the samples and the
contract. Of the answers everything is published.
"""

import asyncio
import re
import tomllib
from collections.abc import Iterator

import pytest

from connecting.schemas import published_schema
from portal.platform.sources.catalogue import Askable, load
from portal.platform.sources.manifest import Magda
from portal.platform.sources.transports import magda
from portal.platform.sources.transports.answer import AnswerText
from tests.beside import ROOT

from .published import (
    MAGDA,
    XSD,
    criteria_type,
    message_in,
    mistakes_in_answer,
    mistakes_in_question,
    namespace_of_answers,
)

pytestmark = pytest.mark.skipif(not XSD.exists(), reason="the published schemas are not beside the project")

AT_ONCE = 8
# A number that no answer is about.
STRANGER, NO_COMPANY = "00610100197", "0999999922"


def _is_published(entry: Askable) -> bool:
    """See whether MAGDA publishes the service; a body without a published one has a schema of its own."""
    service = entry.question.service
    return isinstance(service, Magda) and published_schema(service, XSD) is not None


def _published_entries() -> Iterator[Askable]:
    """List everything asked of MAGDA: datasets, and what is looked up for them; equal questions once."""
    seen = set()
    for dataset in load([ROOT / "agencies"]).entries:
        for entry in (dataset, dataset.lookup):
            if entry and _is_published(entry) and entry.question not in seen:
                seen.add(entry.question)
                yield entry


question = pytest.mark.parametrize("entry", list(_published_entries()), ids=lambda entry: entry.service.service)


def _keys(entry: Askable) -> list[str]:
    """List whom to ask about: everyone in the samples and in the published answers, and somebody nobody knows."""
    service = entry.question.service
    assert isinstance(service, Magda)
    below = f"{service.domain}/{service.service}/{service.version}"
    roots = [*(ROOT / "agencies").glob("*/samples"), MAGDA / "simulator"]
    keys = {file.stem for root in roots for file in (root / below).glob("*.xml")} - {"notfound"}
    if "${insz}" not in entry.question.template:
        return [*sorted(keys), NO_COMPANY]
    for personas in (ROOT / "agencies").glob("*/samples/personas.toml"):
        keys |= tomllib.loads(personas.read_text("utf-8")).keys()
    return [*sorted(keys), STRANGER]


async def _ask(entry: Askable, key: str) -> AnswerText:
    answer = await magda.ask(entry.question, {"insz": key, "value": key}, sent=[])
    assert isinstance(answer, AnswerText), (key, answer)
    return answer


@question
async def test_what_is_said_is_what_the_schemas_want(entry, line):
    few = asyncio.Semaphore(AT_ONCE)

    async def ask(key: str) -> None:
        async with few:
            answer = await _ask(entry, key)
        # A question that was refused as a whole has no Antwoord.
        for one in message_in(answer.data).iter("Antwoord"):
            assert one.findtext("Referte") == answer.reference

    keys = _keys(entry)
    async with asyncio.TaskGroup() as together:
        for key in keys:
            together.create_task(ask(key))
    assert len(line.said) >= len(keys) > 5
    wrong = []
    for asked, answered in line.said:
        wrong += [*mistakes_in_question(asked), *mistakes_in_answer(answered, asked)]
    assert wrong == []


@question
async def test_the_schemas_see_a_mistake(entry, line):
    """An oracle that finds everything right would say nothing."""
    await _ask(entry, STRANGER)
    asked, answered = line.said[0]
    for was, becomes in (
        (rb"<Type>VRAAG</Type>", rb"<Type>VRAAGJE</Type>"),
        (rb"<Datum>[^<]*</Datum>", rb""),
        (rb"</Afzender>", rb"<Telefoon>1700</Telefoon></Afzender>"),
        (rb"<Vraag><Referte>", rb"<Vraag><Referte>" + b"x" * 30),
        (rb"<Vragen>", rb"<Vragen><Vragen/>"),
    ):
        damaged = re.sub(was, becomes, asked, count=1)
        assert damaged != asked, was
        assert mistakes_in_question(damaged) != [], was
    assert mistakes_in_answer(answered.replace(b"ANTWOORD<", b"ANTWOORDJE<"), asked) != []


@question
def test_questions_are_in_the_namespace_of_the_answers(entry):
    service = entry.question.service
    assert service.namespace == namespace_of_answers(service.service, service.version)


async def test_published_criteria_are_found(line):
    for service in ("GeefPersoon", "GeefGezinssamenstelling", "GeefHistoriekPersoon", "GeefDossiers"):
        assert criteria_type(service), service
    await _ask(next(entry for entry in _published_entries() if entry.service.service == "GeefPersoon"), STRANGER)
    ((asked, _),) = line.said
    assert mistakes_in_question(asked) == []
    assert mistakes_in_question(asked.replace(b"<Criteria>", b"<Criteria><Schoenmaat>42</Schoenmaat>")) != []
