"""A look at what bodies reported: what fails beside it takes nothing of it away, and much of it holds up nobody."""

import asyncio
import threading
from collections.abc import Iterator
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.dossiers import rules
from portal.features.dossiers.reported import queries as reported
from portal.features.dossiers.reported import sealing
from portal.platform.keys import arrivals, pseudonym

from .reports import Machine, agent, report, token_of
from .test_reported import TABLES, seen_by
from .test_rules import dossier

pytestmark = pytest.mark.security


@pytest.fixture(autouse=True)
def nothing_reported(past_walls: psycopg.Connection) -> Iterator[None]:
    for table in TABLES:
        past_walls.execute(f"delete from {table}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def body() -> Machine:
    return Machine(await token_of())


@pytest.mark.parametrize(
    ("number", "is_slow"), [("63021400143", True), ("63021400341", False)]
)  # who never came before
async def test_what_cannot_be_sealed_anew_is_shown_and_waits_for_the_next_look(
    body: Machine, past_walls, monkeypatch, caplog, number: str, is_slow: bool
):
    rows = "select is_waiting from dossiers_reported"
    await body.sends(report(Agenten=[agent(number)]))
    newcomer = await pseudonym.citizen_id(number)

    async def fails(*_: object) -> list[bytes]:
        if is_slow:
            await asyncio.Event().wait()
        raise OSError("CANARY")

    with monkeypatch.context() as harm:
        harm.setattr(sealing, "seal_anew", fails)
        harm.setattr(reported, "SEAL_SECONDS", 0.05)
        assert await seen_by(newcomer) == [("CANARY-1", "InBehandeling")]
    assert past_walls.execute(rows).fetchall() == [(True,)]
    (said,) = [one.getMessage() for one in caplog.records if "sealed anew" in one.getMessage()]
    assert said.startswith(f"reports not sealed anew: {'TimeoutError' if is_slow else 'OSError'} ")
    assert await seen_by(newcomer) == [("CANARY-1", "InBehandeling")]
    assert past_walls.execute(rows).fetchall() == [(False,)]


@pytest.mark.parametrize("is_long", [True, False])
async def test_very_many_are_opened_beside_the_loop(is_long: bool, monkeypatch):
    citizen_id, dossier_id = uuid4(), uuid4()
    content = msgspec.json.encode(dossier("CANARY-1"))
    sealed = (await arrivals.seal(citizen_id, content, sealing.binding(dossier_id))).content
    open_sealed, threads = arrivals.Opener.open, set()

    def opens(opener: arrivals.Opener, *of: bytes) -> bytes:
        threads.add(threading.current_thread() is threading.main_thread())
        return open_sealed(opener, *of)

    monkeypatch.setattr(arrivals.Opener, "open", opens)
    count = rules.MANY + is_long
    opened = await sealing.dossiers_in(citizen_id, [(dossier_id, sealed)] * count)
    assert [one.number for one in opened if one] == ["CANARY-1"] * count
    assert threads == {not is_long}
