"""Everything is erased while the worker, a body or the eBox is at it: nothing of that comes after, or stays."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.corrections import actions as corrections
from portal.features.dossiers.tests import reports
from portal.features.notifications import actions as notifications
from portal.features.notifications import deliveries, preference_actions, preference_rules
from portal.features.notifications.actions import DocumentNews
from portal.features.notifications.tests import notifying
from portal.features.notifications.tests.mailing import send_all
from portal.features.notifications.tests.test_at_once import waits
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.features.privacy import journalling
from portal.features.privacy.rights import forwarding
from portal.features.profile.tests import reads
from portal.platform.access import erasing
from portal.platform.database import pool
from portal.platform.keys import arrivals, citizens
from portal.platform.mail import actions as mail
from portal.platform.mail import smtp
from portal.platform.sources import delivery
from portal.platform.sources.delivery import DeliveryAttempt
from tests.citizen import Citizen
from tests.everything import LIES, occasion
from tests.features.erased import STANDS, UNTOLD, tables_with
from tests.waiting import until

pytestmark = pytest.mark.security


async def erases(who: Citizen) -> None:
    erased = await erasing.erase(
        who.session, occasion(who.session.citizen_id), journalling.ERASING, erasing.forget_steps()
    )
    assert erased.is_whole


async def close(who: Citizen, *databases: psycopg.Connection) -> set[str]:
    """Close the erasure once no page can be under way any more; returns the tables that have a row of theirs then."""
    await erasing.close_finished(datetime.now(UTC) + erasing.LONGEST_PAGE)
    return tables_with(who.session.citizen_id, *databases)


async def test_report_and_notice_that_were_sealed_before_it_go_and_what_comes_later_waits(
    lies: Citizen, monkeypatch, past_walls, past_key_walls
):
    citizen_id, sealed = lies.session.citizen_id, arrivals.seal_all
    machine = reports.Machine(await reports.token_of())
    both, is_erased = list[str](), asyncio.Event()

    async def erased_after(*given: Any) -> Any:
        found = await sealed(*given)
        both.append("sealed")
        if len(both) == 2:
            await erases(lies)
            is_erased.set()
        # Neither is written before both are sealed, and everything is erased.
        await is_erased.wait()
        return found

    monkeypatch.setattr(arrivals, "seal_all", erased_after)
    agents = [reports.agent(LIES)]
    said = reports.report(Agenten=agents, Identificatie__DossierNummer="CANARY-LATE")
    answers = await asyncio.gather(machine.sends(said), notifying.notify(notifying.bundle(LIES)))
    assert [answer.status_code for answer in answers] == [200, 200]
    monkeypatch.setattr(arrivals, "seal_all", sealed)
    came = {"dossiers_reported", "notifications_notice", "notifications_thread", "notifications_delivery"}
    assert tables_with(citizen_id, past_walls) & came >= came - {"notifications_delivery"}
    # What is sent to somebody who has no keys any more waits for them, also while the erasure stands.
    later = reports.report(Agenten=agents, Identificatie__DossierNummer="CANARY-AFTER")
    assert (await machine.sends(later)).status_code == 200
    assert (await notifying.notify(notifying.bundle(LIES))).status_code == 200
    assert (await close(lies, past_walls, past_key_walls)) - UNTOLD <= came
    for table in ("dossiers_reported", "notifications_notice"):
        waiting = f"select is_waiting from {table} where citizen_id = %s"
        assert past_walls.execute(waiting, (citizen_id,)).fetchall() == [(True,)], table
    threads = "select count(*) from notifications_thread where citizen_id = %s"
    assert past_walls.execute(threads, (citizen_id,)).fetchone() == (1,)
    await erasing.come_back(citizen_id)
    assert await notifications.take_in(citizen_id) == 1


class Steps:
    """Where jobs of the worker stand still, each right before it hands over what it opened, until they may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached: list[str] = []
        self.goes = asyncio.Event()
        monkeypatch.setattr(smtp, "deliver", self.mails)
        monkeypatch.setattr(delivery, "deliver", self.delivers)

    async def mails(self, *given: Any) -> None:
        await self._stands(str(given[-1]))

    async def delivers(self, agency: Any, to: Any, open_content: Callable[[], Awaitable[Any]], *, key: UUID) -> Any:
        await open_content()
        await self._stands(to.source)
        return DeliveryAttempt("taken")

    async def _stands(self, where: str) -> None:
        self.reached.append(where)
        await self.goes.wait()


@asynccontextmanager
async def as_portal(lenders: dict[str, Any]) -> AsyncIterator[None]:
    """Be the portal for a moment, while a worker stands still that holds no connection."""
    workers = dict(pool._lenders)
    pool._lenders.update(lenders)
    yield
    pool._lenders.update(workers)


async def test_mails_a_digest_a_report_and_a_request_under_way_leave_nothing(
    lies: Citizen, monkeypatch, past_walls, past_key_walls, as_worker
):
    citizen_id, portal = lies.session.citizen_id, dict(pool._lenders)
    (main, *_) = await reads.verified_emails_of(citizen_id)
    daily = preference_rules.for_all(main.id, preference_rules.Pace.DAILY)
    await preference_actions.choose(occasion(citizen_id), daily)

    def ids(statement: str) -> list[UUID]:
        return [one for (one,) in past_walls.execute(statement).fetchall()]

    (report,) = ids("select report_id from corrections_delivery")
    (request,) = ids("select request_id from privacy_request_errand")
    waiting = ids("select id from mail_outbox")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    steps = Steps(monkeypatch)
    async with as_worker():
        await send_all()
        past_walls.execute("delete from procrastinate_jobs")
        assert await deliveries.gather(tomorrow) == 1
        (digest,) = ids("select (args->>'digest_id')::uuid from procrastinate_jobs")
        jobs = [mail.deliver(one) for one in waiting]
        jobs += [deliveries.send_digest(digest, tomorrow), corrections.deliver(report), forwarding.forward(request)]
        doing = asyncio.gather(*jobs)
        await until(lambda: doing.done() or len(steps.reached) == len(jobs))
        async with as_portal(portal):
            await erases(lies)
        steps.goes.set()
        await doing
        # Nor does any of them begin anew.
        for again in (
            mail.deliver(waiting[0]),
            deliveries.send_digest(digest, tomorrow),
            corrections.deliver(report),
        ):
            await again
        await forwarding.forward(request)
    assert len(steps.reached) == len(jobs)
    assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD
    assert await close(lies, past_walls, past_key_walls) == UNTOLD


async def test_news_of_the_ebox_that_the_worker_puts_in_meanwhile_goes_too(lies: Citizen, past_walls, past_key_walls):
    """Whoever takes in events holds the boxes, and so does whoever erases: the second finds all or nothing."""
    citizen_id = lies.session.citizen_id
    document = EboxDocument(EboxNews.NEW, {"nl": "CANARY"}, "federaal", "CANARY-EVENT", None, is_registered=False)
    key, ends_at = await citizens.public_key(citizen_id), datetime.now(UTC) + timedelta(days=30)
    news = DocumentNews(citizen_id, key, uuid4(), document, ends_at)
    held = "select 1 from mailbox_box where citizen_id = any(%s) order by citizen_id for share"
    async with await psycopg.AsyncConnection.connect(pool.pin(os.environ["DATABASE_URL_WORKER"])) as worker:
        assert (await worker.execute(held, ([citizen_id],))).rowcount == 1
        erasing_them = asyncio.create_task(erases(lies))
        await waits(past_walls, erasing_them)
        await notifications.put_documents(worker, [news], datetime.now(UTC))
        await worker.commit()
        await erasing_them
        # And who comes second finds no box, for which nothing is put in.
        assert (await worker.execute(held, ([citizen_id],))).rowcount == 0
    assert tables_with(citizen_id, past_walls, past_key_walls) == STANDS | UNTOLD
