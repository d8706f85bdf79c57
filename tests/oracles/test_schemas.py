"""Every question the portal asks of MAGDA, and every answer the model town gives, against the published schemas.

Of the questions only the parts that are published can be checked: the Context with its Afzender, the Vraag with its
Referte, and the Criteria where their type is published (GeefPersoon, GeefGezinssamenstelling, ...). What else stands
in an `Inhoud` is left to the samples and the contract. Of the answers everything is published.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from string import Template
from xml.sax.saxutils import escape

import pytest
import pytest_asyncio
from django.test import override_settings
from lxml import etree

from deploy.local.house import free_ports
from portal.platform.sources.catalogue import Entry, load
from portal.platform.sources.manifest import Magda
from portal.platform.sources.transports import magda, wire
from portal.platform.sources.transports.answer import Answer

from .published import MAGDA, ROOT, XSD, criteria_type, mistakes, request_schema, response_schema

pytestmark = pytest.mark.skipif(not XSD.exists(), reason="the published schemas are not beside the project")

NUMBER = "71690999827"
REFERTE = "8a5c1a52-6d0e-4a3e-8f57-0c9d8e7f6a5b"
AT_ONCE = 8


def _asked() -> Iterator[Entry]:
    """List everything asked of MAGDA: datasets, and what is looked up for them; equal questions once."""
    seen = set()
    for dataset in load([ROOT / "agencies"]).entries:
        for entry in (dataset, dataset.lookup):
            if entry and isinstance(entry.question.service, Magda) and entry.question not in seen:
                seen.add(entry.question)
                yield entry


question = pytest.mark.parametrize("entry", list(_asked()), ids=lambda entry: entry.dataset.service.service)


def _written(entry: Entry, key: str = NUMBER) -> bytes:
    service = entry.question.service
    assert isinstance(service, Magda)
    content = Template(entry.question.template).substitute(insz=escape(key), value=escape(key))
    return magda.envelope(service, content, REFERTE, datetime(2026, 3, 3, 13, 3, tzinfo=UTC))


def _keys(entry: Entry) -> list[str]:
    """List whom to ask about: everyone in the samples and in the published answers, and somebody nobody knows."""
    service = entry.question.service
    assert isinstance(service, Magda)
    below = f"{service.domain}/{service.service}/{service.version}"
    roots = [*(ROOT / "agencies").glob("*/samples"), MAGDA / "simulator"]
    keys = {file.stem for root in roots for file in (root / below).glob("*.xml")} - {"notfound"}
    if "${insz}" in entry.question.template:
        for personas in (ROOT / "agencies").glob("*/samples/personas.toml"):
            keys |= tomllib.loads(personas.read_text("utf-8")).keys()
        return [*sorted(keys), "00610100197"]
    return [*sorted(keys), "0999999922"]


@question
def test_questions_are_what_the_schemas_want(entry):
    assert mistakes(request_schema(entry.question.service), _written(entry)) == []


@question
@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"<Type>VRAAG</Type>", b"<Type>VRAAGJE</Type>"),
        (b"<Datum>2026-03-03</Datum>", b""),
        (b"</Afzender>", b"<Telefoon>1700</Telefoon></Afzender>"),
        (b"<Vraag><Referte>", b"<Vraag><Referte>" + b"x" * 30),
        (b"<Vragen>", b"<Vragen><Vragen/>"),
    ],
)
def test_the_schemas_of_questions_see_a_mistake(entry, was, becomes):
    right = _written(entry)
    assert was in right
    assert mistakes(request_schema(entry.question.service), right.replace(was, becomes)) != []


def test_published_criteria_are_found():
    for service in ("GeefPersoon", "GeefGezinssamenstelling", "GeefHistoriekPersoon", "GeefDossiers"):
        assert criteria_type(service), service
    persons = next(entry for entry in _asked() if entry.dataset.service.service == "GeefPersoon")
    wrong = _written(persons).replace(b"<Criteria>", b"<Criteria><Schoenmaat>42</Schoenmaat>")
    assert mistakes(request_schema(persons.question.service), wrong) != []


@question
def test_questions_are_in_the_namespace_of_the_answers(entry):
    service = entry.question.service
    answer = etree.parse(
        next(XSD.glob(f"{service.domain}.{service.service}Dienst-{service.version[:5]}/*/*Response.xsd"))
    )
    assert service.namespace == answer.getroot().get("targetNamespace")


@pytest.fixture(scope="module")
def town() -> Iterator[dict[str, str]]:
    """Run the town with all published answers; gives the settings that point the portal at it."""
    port, tls_port = free_ports(2)
    environment = os.environ | {
        "SANDBOX_PORT": str(port),
        "SANDBOX_TLS_PORT": str(tls_port),
        "MAGDA_SIMULATOR_PATH": str(MAGDA / "simulator"),
    }
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(tls_port, process)
            yield {"MAGDA_URL": f"https://127.0.0.1:{tls_port}/api/Magda-02.00/soap/WebService"}
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(400):
        assert process.poll() is None, "the town did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the town did not start in 20 s")


@pytest_asyncio.fixture
async def asking(town: dict[str, str]) -> AsyncIterator[None]:
    with override_settings(**town):
        yield
        await wire.close()


@question
async def test_answers_of_the_town_are_what_the_schemas_want(entry, asking):
    schema = response_schema(entry.question.service)
    few = asyncio.Semaphore(AT_ONCE)

    async def ask(key: str) -> list[str]:
        async with few:
            answer = await magda.ask(entry.question, {"insz": key, "value": key}, correlation_id="-")
        assert isinstance(answer, Answer), (key, answer)
        # A question that was refused as a whole has no Antwoord.
        for one in etree.fromstring(answer.data).iter("Antwoord"):
            assert one.findtext("Referte") == answer.reference
        return [f"{key}: {mistake}" for mistake in mistakes(schema, answer.data)]

    async with asyncio.TaskGroup() as together:
        tasks = [together.create_task(ask(key)) for key in _keys(entry)]
    assert len(tasks) > 5
    assert [mistake for task in tasks for mistake in task.result()] == []
