"""One report, from the citizen's transaction to the body's desk, and every way in which that fails."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.test import override_settings
from msgspec.structs import replace

from portal.features.corrections import actions, queries, rules
from portal.features.corrections.types import DeliveryProgress, Report
from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.sources import catalogue
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import rows

Role = Callable[[], AbstractAsyncContextManager[None]]
pytestmark = pytest.mark.security

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
CONTENT = Report(
    "Leer- en ervaringsbewijzen", "AHOVOKS", "Bewijs", "Bewijzen/Bewijs[1]", "Bachelor", "Master", "Diploma", ""
)


async def put(who: Citizen, form_key: UUID | None = None, content: Report = CONTENT, now: datetime = NOW) -> str:
    entry = catalogue.installed().entry("ahovoks.bewijzen")
    return await actions.report(
        who.session, Occasion(who.session.citizen_id, now, str(uuid4())), entry, content, form_key or uuid4()
    )


def to_deliver() -> list[UUID]:
    return [row[0] for row in rows("select report_id from corrections_delivery")]


async def way(who: Citizen, now: datetime = NOW) -> DeliveryProgress:
    (one,) = await queries.reports_of(who.session.citizen_id, now=now)
    return one.way


async def test_reports_are_listed_the_newest_first(lies: Citizen) -> None:
    for later in (1, 0, 2):
        await put(lies, now=NOW + timedelta(minutes=later))
    listed = await queries.reports_of(lies.session.citizen_id, now=NOW)
    assert [one.reported_at for one in listed] == [NOW + timedelta(minutes=later) for later in (2, 1, 0)]


async def test_report_under_a_newer_key_than_the_workers_waits_for_it(
    lies: Citizen, town: Desks, as_worker: Role, past_key_walls: psycopg.Connection
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    change = "update keys_citizen set mail_key = %s || substr(mail_key, 3) where citizen_id = %s"
    past_key_walls.execute(change, ("v2", lies.session.citizen_id))
    async with as_worker():
        with pytest.raises(TryLater, match="restart"):
            await actions.deliver(report_id, NOW)
    assert (to_deliver(), await way(lies)) == ([report_id], DeliveryProgress.UNDER_WAY)
    past_key_walls.execute(change, ("v1", lies.session.citizen_id))
    async with as_worker():
        await actions.deliver(report_id, NOW)
    assert len(town.reports()) == 1


async def test_report_reaches_the_desk_and_leaves_nothing_to_deliver(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    reference = await put(lies)
    (report_id,) = to_deliver()
    assert rows("select task_name, args from procrastinate_jobs") == [
        ("corrections.deliver", {"report_id": str(report_id)})
    ]
    async with as_worker():
        # With the worker's own keys: it opens what it delivers, and nothing else.
        with override_settings(KEYS_FILE=""):
            await actions.deliver(report_id, NOW)
            await actions.deliver(report_id, NOW)
    (report,) = town.reports()
    assert (report["body"], report["key"], report["reference"], report["came"]) == (
        "ahovoks",
        str(report_id),
        reference,
        1,
    )
    assert report["content"] == {
        "kenmerk": reference,
        "gemeld_op": "2026-03-03T13:03:00+00:00",
        "persoon": {"insz": "84651421235"},
        "gegeven": {
            "dataset": "ahovoks.bewijzen",
            "onderdeel": "",
            "naam": "Bewijs",
            "plaats": "Bewijzen/Bewijs[1]",
            "getoond": "Bachelor",
        },
        "moet_zijn": "Master",
        "waarom": "Diploma",
        "antwoord_aan": "",
    }
    assert to_deliver() == []
    assert await way(lies) is DeliveryProgress.DELIVERED


async def test_form_sent_twice_is_one_report(lies: Citizen, town: Desks) -> None:
    form_key = uuid4()
    first = await put(lies, form_key)
    assert await put(lies, form_key) == first
    assert len(to_deliver()) == 1
    assert rows("select count(*) from procrastinate_jobs") == [(1,)]


async def test_form_sent_again_with_a_change_is_a_report_of_its_own(lies: Citizen, town: Desks) -> None:
    form_key = uuid4()
    first = await put(lies, form_key)
    second = await put(lies, form_key, replace(CONTENT, should_be="Doctor"))
    found = await queries.reports_of(lies.session.citizen_id, now=NOW)
    assert {one.reference: one.report.should_be for one in found} == {first: "Master", second: "Doctor"}
    assert await put(lies, form_key, replace(CONTENT, should_be="Doctor")) == second
    assert len(to_deliver()) == 2


async def test_two_people_may_have_the_same_form_key(lies: Citizen, pieter: Citizen) -> None:
    form_key = uuid4()
    assert await put(lies, form_key) != await put(pieter, form_key)


@pytest.mark.parametrize(
    "mode",
    ["503", "soap-fault", "broken", "reset", "tls", "huge", "wrong-root", "redirect", "html", "204-exceptions"],
)
async def test_report_comes_later_and_counts_once(lies: Citizen, town: Desks, as_worker: Role, mode: str) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    town.fails(mode)
    async with as_worker():
        with pytest.raises(TryLater):
            await actions.deliver(report_id, NOW)
        assert to_deliver() == [report_id]
        town.fails("ok")
        await actions.deliver(report_id, NOW)
    assert [report["key"] for report in town.reports()] == [str(report_id)]
    assert town.reports()[0]["contradicted"] == 0
    assert await way(lies) is DeliveryProgress.DELIVERED


async def test_desk_that_is_switched_off_is_not_asked_and_not_said_to_be_silent(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    day_later = NOW + timedelta(days=1, hours=4)
    async with as_worker():
        with override_settings(SOURCES_OFF=frozenset({"ahovoks-verbetering"})):
            for tried_at in (NOW, NOW + timedelta(hours=4), day_later - timedelta(minutes=1)):
                with pytest.raises(TryLater, match="off"):
                    await actions.deliver(report_id, tried_at)
            assert rows("select attempts from corrections_report where id = %s", report_id) == [(0,)]
            with pytest.raises(GivenUp):
                await actions.deliver(report_id, day_later)
    (one,) = await queries.reports_of(lies.session.citizen_id, now=day_later)
    assert (one.way, one.failure, to_deliver(), town.reports()) == (DeliveryProgress.FAILED, "untried", [], [])


async def test_desk_that_is_switched_on_again_gets_what_waited(lies: Citizen, town: Desks, as_worker: Role) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    late = NOW + timedelta(hours=12)
    async with as_worker():
        with override_settings(SOURCES_OFF=frozenset({"ahovoks-verbetering"})), pytest.raises(TryLater):
            await actions.deliver(report_id, NOW)
    assert await way(lies, late) is DeliveryProgress.LATE
    async with as_worker():
        await actions.deliver(report_id, late)
    assert (len(town.reports()), await way(lies, late)) == (1, DeliveryProgress.DELIVERED)


async def test_report_fails_visibly_after_four_hours(lies: Citizen, town: Desks, as_worker: Role) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    town.fails("503")
    async with as_worker():
        with pytest.raises(TryLater):
            await actions.deliver(report_id, NOW + timedelta(hours=3, minutes=59))
        with pytest.raises(GivenUp):
            await actions.deliver(report_id, NOW + timedelta(hours=4))
    assert to_deliver() == []
    assert await way(lies) is DeliveryProgress.FAILED


async def test_report_that_no_worker_touches_is_said_to_have_failed(lies: Citizen, as_worker: Role) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    late = NOW + timedelta(hours=4, minutes=16)
    assert await way(lies, NOW + timedelta(hours=4)) is DeliveryProgress.UNDER_WAY
    assert await way(lies, late) is DeliveryProgress.LATE
    assert await way(lies, late + timedelta(days=1)) is DeliveryProgress.FAILED
    async with as_worker():
        # It was never tried: it gets its chance for another day.
        assert await actions.give_up_overdue(late) == 0
        assert await actions.give_up_overdue(late + timedelta(days=1)) == 1
    assert to_deliver() == []
    assert rows("select failed_at is not null from corrections_report where id = %s", report_id) == [(True,)]


@pytest.mark.parametrize(
    ("is_tried", "after"), [(True, timedelta(hours=4)), (False, timedelta(days=1, hours=4))], ids=["tried", "untried"]
)
async def test_what_the_page_says_is_not_delivered_is_not(
    lies: Citizen, town: Desks, as_worker: Role, is_tried: bool, after: timedelta
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    if is_tried:
        town.fails("503")
        async with as_worker():
            with pytest.raises(TryLater):
                await actions.deliver(report_id, NOW)
        town.fails("ok")
    late = NOW + after + timedelta(minutes=16)
    assert await way(lies, late) is DeliveryProgress.FAILED
    async with as_worker():
        with pytest.raises(GivenUp, match="too late to try"):
            await actions.deliver(report_id, NOW + after)
    assert (town.reports(), to_deliver()) == ([], [])
    assert await way(lies, late) is DeliveryProgress.FAILED


async def test_report_that_waited_for_a_worker_is_delivered_late(lies: Citizen, town: Desks, as_worker: Role) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    late = NOW + timedelta(hours=12)
    assert await way(lies, late) is DeliveryProgress.LATE
    async with as_worker():
        await actions.deliver(report_id, late)
    assert (len(town.reports()), await way(lies, late)) == (1, DeliveryProgress.DELIVERED)


async def test_report_that_waited_for_a_worker_is_tried_for_a_day_where_its_desk_fails(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    day_later = NOW + timedelta(days=1, hours=4)
    for mode, tried_at in (("503", NOW + timedelta(hours=4)), ("reset", day_later - timedelta(minutes=5))):
        town.fails(mode)
        async with as_worker():
            with pytest.raises(TryLater):
                await actions.deliver(report_id, tried_at)
        assert (await way(lies, tried_at + timedelta(minutes=16)), to_deliver()) == (
            DeliveryProgress.LATE,
            [report_id],
        )
    async with as_worker():
        with pytest.raises(GivenUp, match="too late to try"):
            await actions.deliver(report_id, day_later)
    assert (await way(lies, day_later), to_deliver()) == (DeliveryProgress.FAILED, [])


async def test_report_refused_for_good_is_not_tried_again(lies: Citizen, town: Desks, as_worker: Role) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    town.fails("permanent")
    async with as_worker():
        with pytest.raises(GivenUp):
            await actions.deliver(report_id, NOW)
    assert to_deliver() == []
    assert await way(lies) is DeliveryProgress.REFUSED


@pytest.mark.parametrize("lacks", ["the body", "the form"])
async def test_report_to_a_body_that_this_worker_does_not_know_waits_for_one_that_does(
    lies: Citizen, town: Desks, as_worker: Role, past_walls: psycopg.Connection, lacks: str
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    no_form = next(entry.name for entry in catalogue.installed().entries if rules.endpoint_of(entry) is None)
    is_about = "update corrections_report set dataset = %s"
    past_walls.execute(is_about, ("elsewhere.data" if lacks == "the body" else no_form,))
    late, too_late = NOW + timedelta(hours=27), NOW + timedelta(hours=28)
    async with as_worker():
        for tried_at in (NOW, late):
            with pytest.raises(TryLater, match="no form"):
                await actions.deliver(report_id, tried_at)
    assert (to_deliver(), await way(lies, late)) == ([report_id], DeliveryProgress.LATE)
    past_walls.execute(is_about, ("ahovoks.bewijzen",))
    async with as_worker():
        await actions.deliver(report_id, late)
    assert (len(town.reports()), await way(lies, late)) == (1, DeliveryProgress.DELIVERED)
    past_walls.execute("delete from corrections_report")
    await put(lies)
    past_walls.execute(is_about, (no_form,))
    async with as_worker():
        with pytest.raises(GivenUp, match="no form"):
            await actions.deliver(*to_deliver(), too_late)
    (one,) = await queries.reports_of(lies.session.citizen_id, now=too_late)
    assert (one.way, one.failure, to_deliver()) == (DeliveryProgress.FAILED, "no_form", [])


async def test_citizen_without_keys_is_not_reported_about_and_the_page_says_why(
    lies: Citizen, town: Desks, as_worker: Role
) -> None:
    await put(lies)
    (report_id,) = to_deliver()
    await citizens.erase(lies.session.citizen_id)
    async with as_worker():
        await actions.deliver(report_id, NOW)
    assert (town.reports(), to_deliver()) == ([], [])
    (one,) = await queries.reports_of(lies.session.citizen_id, now=NOW)
    assert (one.way, one.failure) == (DeliveryProgress.FAILED, "unreadable")


async def test_twenty_a_day_and_no_more(lies: Citizen) -> None:
    for _ in range(20):
        await put(lies)
    with pytest.raises(actions.TooManyReports):
        await put(lies)
    assert len(to_deliver()) == 20


async def test_nothing_of_a_report_can_be_read_in_the_database(lies: Citizen, past_walls: psycopg.Connection) -> None:
    canary = Report("D", "B", "Kanarielabel", "Pad", "Kanariewaarde", "Kanariewens", "Kanariereden", "k@example.org")
    await put(lies, content=canary)
    for table in ("corrections_report", "corrections_delivery", "procrastinate_jobs", "journal_entry"):
        text = str(past_walls.execute(f"select t::text from {table} t").fetchall())
        for bytes_ in (b"Kanarie", b"84651421235", b"example.org"):
            assert bytes_.hex() not in text, table
            assert bytes_.decode() not in text, table


async def test_walls_keep_reports_apart(lies: Citizen, pieter: Citizen, as_worker: Role) -> None:
    reference = await put(lies)
    now = datetime.now(UTC)
    assert await queries.reports_of(pieter.session.citizen_id, now=now, reference=reference) == []
    async with pool.as_citizen(pieter.session.citizen_id) as conn:
        assert await (await conn.execute("select count(*) from corrections_report")).fetchone() == (0,)
    async with pool.connection() as conn:
        assert await (await conn.execute("select count(*) from corrections_report")).fetchone() == (0,)
    async with pool.as_citizen(lies.session.citizen_id) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute("select sealed from corrections_delivery")
    async with as_worker(), pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute("select sealed from corrections_report")


async def test_export_forget_and_expire_know_every_report(lies: Citizen, pieter: Citizen, as_worker: Role) -> None:
    await put(lies)
    await put(pieter)
    (exported,) = await queries.export(lies.session.citizen_id)
    assert (exported.kind, json.loads(json.dumps(exported.value))["report"]["should_be"]) == ("report", "Master")
    async with pool.as_citizen(lies.session.citizen_id) as conn:
        await actions.forget(conn, lies.session.citizen_id)
    assert await queries.export(lies.session.citizen_id) == []
    assert len(to_deliver()) == 1
    async with as_worker():
        assert await actions.expire(NOW) == 0
        assert await actions.expire(NOW + timedelta(seconds=1)) == 1
    assert to_deliver() == []
