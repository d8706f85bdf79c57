"""The whole path to a MAGDA: signed both ways, and with services that demand a registration first.

The model town verifies and signs by another library than the portal's.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import pytest
import pytest_asyncio
from django.conf import settings
from django.test import override_settings

from deploy.local.house import free_ports
from portal.platform.sources import catalogue
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.reading.outcomes import Down, Ready
from portal.platform.sources.tests import papers
from portal.platform.sources.transports import repertorium, ws_security
from portal.platform.wire import calls
from tests.town import answers_connection, until
from tests.waiting import PATIENCE

from .town import exception, exceptions, outcome_of

PERSON = "84651421235"
# Whom the repertorium refuses, and for whom it is too busy: as its published answers say it.
REFUSED, BUSY = "90670124448", "79721833131"
REGISTERED = """<p:RegistreerInschrijvingResponse xmlns:p="urn:r"><Repliek><Context>
<Naam>RegistreerInschrijving</Naam><Versie>02.01.0000</Versie><Bericht><Type>ANTWOORD</Type></Bericht>
</Context>{inside}</Repliek></p:RegistreerInschrijvingResponse>"""
FAILED = "<Inhoud><Resultaat>0</Resultaat></Inhoud>"
ANSWERS = {
    REFUSED: f"<Antwoorden><Antwoord><Referte>r</Referte>{FAILED}</Antwoord></Antwoorden>",
    BUSY: exceptions(exception("99996")),
}


@contextmanager
def town(folder, **given: str) -> Iterator[tuple[str, str]]:
    """Run a town; yields its plain origin and MAGDA's address."""
    plain, tls, smtp = free_ports(3)
    ports = {"SANDBOX_PORT": str(plain), "SANDBOX_TLS_PORT": str(tls), "SANDBOX_SMTP_PORT": str(smtp)}
    people = folder / "Repertorium/RegistreerInschrijving/02.01.0000/PERS"
    people.mkdir(parents=True)
    for person, inside in ANSWERS.items():
        (people / f"{person}.xml").write_text(REGISTERED.format(inside=inside))
    environment = os.environ | ports | {"MAGDA_SIMULATOR_PATH": str(folder)} | given
    process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers_connection(plain) or process.poll() is not None)
        assert process.poll() is None, "the town did not start"
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}/api/Magda-02.00/soap/WebService"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def strict(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """A town that wants signatures and gives them."""
    with town(tmp_path_factory.mktemp("town"), SANDBOX_SIGNATURE="required", SANDBOX_SIGN_ANSWERS="1") as running:
        yield running


@pytest_asyncio.fixture
async def origin(strict) -> AsyncIterator[str]:
    # What failed in other tests, or fails in these, closes no gate.
    gatekeeper._gates.clear()
    with override_settings(
        MAGDA_URL=strict[1],
        MAGDA_SIGNATURE="sha256",
        MAGDA_ANSWER_CA_FILE=settings.MAGDA_CA_FILE,
        MAGDA_CAPACITY="1300",
    ):
        yield strict[0]
        async with aiohttp.ClientSession() as http, http.delete(f"{strict[0]}/repertorium") as answer:
            assert await answer.json() == {"required": [], "registered": 0}
    gatekeeper._gates.clear()
    await calls.close()


async def ask(person=PERSON):
    entry = catalogue.installed().entry("rijksregister.persoon")
    return await outcome_of(entry, person, "test")


async def demand(origin, *sources):
    async with (
        aiohttp.ClientSession() as http,
        http.put(f"{origin}/repertorium", json={"required": sources}) as answer,
    ):
        assert answer.status == 200


async def registered(origin):
    async with aiohttp.ClientSession() as http, http.get(f"{origin}/repertorium") as answer:
        return (await answer.json())["registered"]


@pytest.mark.parametrize("how", ["sha1", "sha256"])
async def test_signed_question_gets_a_signed_answer(origin, how):
    with override_settings(MAGDA_SIGNATURE=how):
        assert isinstance(await ask(), Ready)


async def test_question_without_signature_is_a_fault_there(origin):
    with override_settings(MAGDA_SIGNATURE="", MAGDA_ANSWER_CA_FILE=""):
        outcome = await ask()
        assert isinstance(outcome, Down)
        assert (outcome.reason, outcome.detail) == ("fault", "soapenv:Client")


async def test_signature_of_a_stranger_is_a_fault_there(origin, tmp_path):
    pem, key = papers.write(tmp_path, "stranger", papers.issue("stranger"))
    with override_settings(MAGDA_SIGNING_CERTIFICATE_FILE=pem, MAGDA_SIGNING_KEY_FILE=key, MAGDA_ANSWER_CA_FILE=""):
        outcome = await ask()
    ws_security._load.cache_clear()
    assert (outcome.reason, outcome.detail) == ("fault", "soapenv:Client")


async def test_answer_signed_by_a_stranger_is_not_read(origin, tmp_path):
    (tmp_path / "ca.pem").write_bytes(papers.issue("another authority", is_authority=True).pem)
    with override_settings(MAGDA_ANSWER_CA_FILE=str(tmp_path / "ca.pem")):
        outcome = await ask()
    assert (outcome.reason, outcome.detail) == ("unreadable", "signature")


async def test_person_is_registered_where_the_service_demands_it(origin):
    await demand(origin, "rijksregister-persoon")
    assert await registered(origin) == 0
    assert isinstance(await ask(), Ready)
    assert await registered(origin) == 1
    assert isinstance(await ask(), Ready)


async def test_questions_at_once_share_a_registration(origin):
    await demand(origin, "rijksregister-persoon")
    outcomes = await asyncio.gather(*(ask() for _ in range(5)))
    assert {type(outcome) for outcome in outcomes} == {Ready}
    assert await registered(origin) == 1


async def test_without_capacity_nobody_is_registered(origin):
    await demand(origin, "rijksregister-persoon")
    with override_settings(MAGDA_CAPACITY=""):
        outcome = await ask()
    assert (outcome.reason, outcome.detail) == ("refused", "Repertorium: MAGDA_CAPACITY is not set")
    assert await registered(origin) == 0


@pytest.mark.parametrize(
    ("person", "reason", "detail"),
    [(REFUSED, "refused", "Repertorium: Resultaat"), (BUSY, "busy", "Repertorium: 99996")],
)
async def test_registration_that_fails_is_why_the_source_could_not_be_asked(origin, person, reason, detail):
    await demand(origin, "rijksregister-persoon")
    outcome = await ask(person)
    assert (outcome.reason, outcome.detail) == (reason, detail)
    assert await registered(origin) == 0


def counts(source):
    return gatekeeper.gate_of(source).counts(time.monotonic())


async def test_repertorium_that_is_switched_off_is_not_asked(origin):
    await demand(origin, "rijksregister-persoon")
    with override_settings(SOURCES_OFF=frozenset({"repertorium"})):
        assert await ask() == Down("off", "Repertorium", is_elsewhere=True)
    assert (await registered(origin), counts("rijksregister-persoon")) == (0, (1, 0, 0))


async def test_repertorium_that_fails_is_left_alone_and_the_source_is_not_blamed(origin):
    await demand(origin, "rijksregister-persoon")
    with override_settings(SOURCES_BREAKER_CALLS=3):
        outcomes = [await ask(BUSY) for _ in range(4)]
    assert [outcome.reason for outcome in outcomes] == ["busy", "busy", "busy", "failing"]
    assert (counts("repertorium"), counts("rijksregister-persoon")) == ((3, 3, 0), (4, 0, 0))


async def test_repertorium_that_does_not_answer_has_a_deadline_of_its_own(origin, monkeypatch):
    monkeypatch.setattr(repertorium, "SECONDS", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,
        override_settings(MAGDA_URL=f"https://127.0.0.1:{deaf.getsockname()[1]}"),
    ):
        assert await repertorium.register(PERSON) == Down("connection", "Repertorium: no answer")
    assert counts("repertorium") == (1, 1, 1)


async def test_registrations_at_once_count_as_one(origin):
    await asyncio.gather(*(repertorium.register(PERSON) for _ in range(5)))
    assert counts("repertorium") == (1, 0, 0)


async def test_registering_again_is_a_success(origin):
    assert [await repertorium.register(PERSON), await repertorium.register(PERSON)] == [None, None]
    assert await registered(origin) == 1


async def test_registration_after_an_abandoned_one_is_its_own(origin):
    left = asyncio.create_task(repertorium.register(PERSON))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.sleep(0)
    assert await repertorium.register(PERSON) is None
    assert left.cancelled()


async def test_registration_stops_when_nobody_waits_for_it(origin):
    waiting = [asyncio.create_task(repertorium.register(PERSON)) for _ in range(2)]
    await asyncio.sleep(0)
    ((task, _),) = repertorium._under_way.values()
    waiting[0].cancel()
    await asyncio.wait(waiting[:1])
    assert not task.cancelling()
    waiting[1].cancel()
    await asyncio.wait([*waiting, task])
    assert task.cancelled()
    assert repertorium._under_way == {}
    assert (gatekeeper.gate_of("repertorium").under_way, counts("repertorium")) == (0, (0, 0, 0))
