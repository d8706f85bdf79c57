"""What the journal says of a report: made, opened to be delivered, looked at; and nothing is opened without it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from django.test import override_settings

from portal.features.corrections import actions, queries
from portal.features.corrections.tests.test_delivery import NOW, put, to_deliver
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal.types import Occasion
from tests.desks import Citizen, Desks
from tests.journal_entries import entries_of
from tests.town import until

Role = Callable[[], AbstractAsyncContextManager[None]]
pytestmark = pytest.mark.security

LOOKED = ("look at own reports", [("burgerprofiel.reports", "ready")])


async def entries_named(who: Citizen, name: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """List what the journal says under a name of somebody's reports, the newest first."""
    return [
        (entry.name, [(use.activity.name, use.result) for use in entry.uses])
        for entry in await entries_of(who.session.citizen_id, most=1000)
        if entry.name == name
    ]


async def results(who: Citizen) -> list[str | None]:
    """List what came of each opening by the worker since the start of this test, the newest first."""
    return [use[0][1] for _, use in await entries_named(who, "deliver a correction")]


async def test_reporting_is_journalled_as_the_citizens_own_act(lies: Citizen) -> None:
    await put(lies)
    (access,) = await entries_of(lies.session.citizen_id, most=1)
    assert (access.name, access.actor.kind.value, access.uses[0].activity.name) == (
        "report wrong data",
        "citizen",
        "ahovoks.bewijzen",
    )
    assert access.uses[0].activity.purpose == "Een fout in uw gegevens laten verbeteren."


async def test_each_opening_by_the_worker_is_journalled_with_what_came_of_it(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    town.fails("503")
    async with as_worker():
        with pytest.raises(TryLater):
            await actions.deliver(report_id, NOW)
    town.fails("ok")
    async with as_worker():
        await actions.deliver(report_id, NOW)
        await actions.deliver(report_id, NOW)  # nothing is left to open
    looked = [
        (entry.name, entry.actor.name, [(use.activity.name, use.result) for use in entry.uses])
        for entry in await entries_of(lies.session.citizen_id)
    ]
    assert looked[:3] == [
        ("deliver a correction", "worker", [("ahovoks.bewijzen", "ready")]),
        ("deliver a correction", "worker", [("ahovoks.bewijzen", "late")]),
        ("report wrong data", None, [("ahovoks.bewijzen", "ready")]),
    ]


async def test_errand_that_does_not_open_is_journalled_too(
    lies: Citizen, as_worker: Role, past_walls: psycopg.Connection
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    past_walls.execute("update corrections_delivery set sealed = 'x'")
    async with as_worker():
        with pytest.raises(GivenUp):
            await actions.deliver(report_id, NOW)
    (latest,) = await entries_of(lies.session.citizen_id, most=1)
    assert (latest.name, [use.result for use in latest.uses]) == ("deliver a correction", ["down"])


@pytest.mark.parametrize(
    ("mode", "result"),
    [("permanent", "ready"), ("503", "late"), ("reset", "late"), ("broken", "late"), ("html", "late")],
)
async def test_journal_tells_what_the_body_has_from_what_it_may_have(
    lies: Citizen, town: Desks, as_worker: Role, mode: str, result: str
) -> None:
    before = len(await results(lies))
    await put(lies)
    (report_id,) = to_deliver()
    town.fails(mode)
    async with as_worker():
        with suppress(TryLater, GivenUp):
            await actions.deliver(report_id, NOW)
    assert (await results(lies))[: -before or None] == [result]


async def test_journal_says_down_when_nothing_left_us(lies: Citizen, town: Desks, as_worker: Role) -> None:
    before = len(await results(lies))
    await put(lies)
    (report_id,) = to_deliver()
    async with as_worker():
        with override_settings(REST_URL="https://127.0.0.1:1"), pytest.raises(TryLater):
            await actions.deliver(report_id, NOW)
    assert (await results(lies))[: -before or None] == ["down"]
    assert town.reports() == []


async def test_worker_that_is_stopped_while_it_sends_says_that_the_body_may_have_it(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    before = len(await results(lies))
    await put(lies)
    (report_id,) = to_deliver()
    town.fails("hang")
    async with as_worker():
        delivering = asyncio.create_task(actions.deliver(report_id, NOW))
        await asyncio.to_thread(until, town.under_way)
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivering
    assert (await results(lies))[: -before or None] == ["late"]


async def test_report_that_cannot_be_sent_is_not_opened(lies: Citizen, town: Desks, as_worker: Role) -> None:
    before = len(await results(lies))
    await put(lies)
    (report_id,) = to_deliver()
    async with as_worker():
        with override_settings(SOURCES_OFF=frozenset({"ahovoks-verbetering"})):
            for _ in range(3):
                with pytest.raises(TryLater):
                    await actions.deliver(report_id, NOW)
        with override_settings(REST_TOKEN_URL="https://127.0.0.1:1/token"), pytest.raises(TryLater, match="token"):
            await actions.deliver(report_id, NOW)
    assert (await results(lies))[: -before or None] == []


async def test_looking_at_ones_reports_is_journalled(lies: Citizen) -> None:
    before = len(await entries_named(lies, "look at own reports"))
    assert (await lies.gets("/verbeteren/")).status_code == 200
    assert len(await entries_named(lies, "look at own reports")) == before  # there was nothing to open
    reference = await put(lies)
    assert "Bachelor" in (await lies.gets("/verbeteren/")).content.decode()
    assert "Master" in (await lies.gets(f"/verbeteren/melding/{reference}/")).content.decode()
    assert (await entries_named(lies, "look at own reports"))[: -before or None] == [LOOKED, LOOKED]


async def test_looking_for_anothers_report_opens_and_writes_nothing(lies: Citizen, pieter: Citizen) -> None:
    before = await entries_named(pieter, "look at own reports")
    reference = await put(lies)
    assert (await pieter.gets(f"/verbeteren/melding/{reference}/")).status_code == 404
    assert await entries_named(pieter, "look at own reports") == before


async def test_register_says_why_reports_are_looked_at(lies: Citizen) -> None:
    await put(lies)
    await queries.look_at_reports(Occasion(lies.session.citizen_id, datetime.now(UTC), str(uuid4())))
    (latest,) = await entries_of(lies.session.citizen_id, most=1)
    activity = latest.uses[0].activity
    assert (activity.title, activity.purpose, activity.legal_basis, activity.retention) == (
        "Gemelde fouten",
        "U volgt wat er gebeurt met de fouten die u meldde.",
        "Uw recht op verbetering (AVG, artikel 16).",
        "tot twee jaar na het laatste nieuws over uw melding",
    )


async def test_report_that_cannot_be_read_is_journalled_as_such(
    lies: Citizen, past_walls: psycopg.Connection
) -> None:
    await put(lies)
    past_walls.execute("update corrections_report set sealed = 'x'")
    await queries.look_at_reports(Occasion(lies.session.citizen_id, datetime.now(UTC), str(uuid4())))
    assert (await entries_named(lies, "look at own reports"))[0][1] == [("burgerprofiel.reports", "down")]


async def test_what_cannot_be_journalled_is_not_shown(lies: Citizen, past_walls: psycopg.Connection) -> None:
    await put(lies)
    past_walls.execute("revoke insert (trace_id) on journal_entry from portal")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await queries.look_at_reports(Occasion(lies.session.citizen_id, NOW, str(uuid4())))
    finally:
        past_walls.execute("grant insert (trace_id) on journal_entry to portal")
