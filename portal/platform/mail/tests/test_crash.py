"""Workers that are killed, a mail server that is down: no mail is lost, and one sent twice can be recognised."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from portal.features.profile.types import NewDevice
from portal.platform.database import pool
from portal.platform.jobs.retries import MOST
from portal.platform.mail import actions
from portal.platform.mail.types import MailMessage
from tests.between import Between
from tests.inbox import Inbox, Workers, cut_workers, past_walls, rows
from tests.town import until

NICKNAME = "Zonnebloemetje"


async def put(citizen: UUID, count: int) -> dict[str, str]:
    """Have mails sent; gives the address of each by the Message-ID it must have."""
    device = NewDevice(at=datetime.now(UTC), means="itsme", device="Firefox op Windows")
    sent = {}
    for number in range(count):
        address = f"lezer{number}@example.org"
        async with pool.as_citizen(citizen) as conn:
            mail_id = await actions.send(conn, citizen, MailMessage(address, NICKNAME, device))
        sent[f"<{mail_id}@burgerprofiel.example>"] = address
    return sent


def arrivals_in(inbox: Inbox) -> list[tuple[str, str]]:
    return [(dict(mail["headers"])["Message-ID"], mail["recipients"][0]) for mail in inbox.mails()]


def outcomes_since(inbox: Inbox, before: Counter[str]) -> Counter[str]:
    return Counter(inbox.outcomes()) - before


async def test_every_mail_arrives_though_workers_are_killed_and_the_server_is_down(
    citizen: UUID, inbox: Inbox, workers: Workers
) -> None:
    before = Counter(inbox.outcomes())
    # Slow, so that each kill falls in the middle of mails on their way.
    inbox.fails("ok", latency_ms=300)
    sent = await put(citizen, 50)
    first = workers.start()
    until(lambda: len(inbox.mails()) >= 5)
    workers.kill(first)
    inbox.fails("down")
    second = workers.start()
    until(lambda: outcomes_since(inbox, before)["down"] >= 5)
    # What arrives is not said to have arrived.
    inbox.fails("reset", latency_ms=300)
    until(lambda: outcomes_since(inbox, before)["reset"] >= 5)
    workers.kill(second)
    assert rows("select count(*) > 0 from procrastinate_jobs where status = 'doing'") == [(True,)]
    inbox.fails("ok")
    # The pauses are over: how they grow is tried elsewhere.
    rows("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
    third = workers.start()
    until(lambda: past_walls("select count(*) from mail_outbox") == [(0,)])
    until(lambda: rows("select count(*) from procrastinate_jobs where task_name = 'mail.deliver'") == [(0,)])
    arrived = arrivals_in(inbox)
    assert dict(arrived) == sent
    assert {address for _, address in arrived} == set(sent.values())
    # Twice is never two different mails.
    assert len(set(arrived)) == 50
    assert len(arrived) > 50
    assert workers.stop(third) == 0
    assert [word for word in ("lezer", "example.org", NICKNAME, "Firefox") if word in workers.log_text()] == []


async def test_worker_that_is_asked_to_stop_puts_back_what_it_was_doing(
    citizen: UUID, inbox: Inbox, workers: Workers
) -> None:
    inbox.fails("hang")
    sent = await put(citizen, 3)
    worker = workers.start()
    until(lambda: rows("select count(*) from procrastinate_jobs where status = 'doing'") == [(3,)])
    assert workers.stop(worker) == 0
    # Jobs that come round by themselves may have joined them meanwhile.
    mails = "select status, count(*) from procrastinate_jobs where task_name = 'mail.deliver' group by 1"
    assert rows(mails) == [("todo", 3)]
    assert rows("select count(*) from procrastinate_workers") == [(0,)]
    inbox.fails("ok")
    workers.start()
    until(lambda: len(inbox.mails()) == 3)
    assert dict(arrivals_in(inbox)) == sent


async def test_mail_refused_for_good_stops_and_stays_visible(citizen: UUID, inbox: Inbox, workers: Workers) -> None:
    inbox.fails("permanent")
    await put(citizen, 1)
    workers.start()
    failed = "select status, attempts from procrastinate_jobs where task_name = 'mail.deliver'"
    until(lambda: rows(failed) == [("failed", 1)])
    until(lambda: "given up (SMTP 550)" in workers.log_text())
    assert past_walls("select count(*) from mail_outbox") == [(0,)]
    inbox.fails("ok")
    assert inbox.mails() == []


async def test_mail_refused_for_now_comes_later(citizen: UUID, inbox: Inbox, workers: Workers) -> None:
    inbox.fails("temporary")
    sent = await put(citizen, 1)
    workers.start()
    until(lambda: "later (SMTP 451), again in 2 s" in workers.log_text())
    inbox.fails("ok")
    until(lambda: dict(arrivals_in(inbox)) == sent)


async def test_nothing_personal_stands_in_the_queue(citizen: UUID, inbox: Inbox) -> None:
    await put(citizen, 1)
    ((args,),) = rows("select args from procrastinate_jobs")
    assert list(args) == ["mail_id"]
    assert str(citizen) not in json.dumps(args)


def test_worker_does_not_start_in_another_role(workers: Workers) -> None:
    workers.values.pop("DATABASE_URL_WORKER")
    worker = workers.start()
    assert worker.wait(180) == 1
    assert "portal.E004" in workers.log_text()


async def test_worker_goes_on_when_its_connections_are_cut(citizen: UUID, inbox: Inbox, workers: Workers) -> None:
    workers.start()
    until(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    for _ in range(2):
        cut_workers()
        sent = await put(citizen, 1)
        until(lambda expected=sent: expected.items() <= dict(arrivals_in(inbox)).items())


async def test_worker_goes_on_when_the_database_stood_still(
    citizen: UUID, inbox: Inbox, workers: Workers, between: Between
) -> None:
    for name in ("DATABASE_URL_WORKER", "KEYS_DATABASE_URL_WORKER"):
        workers.values[name] = between.address(workers.values[name])
    workers.start()
    await asyncio.to_thread(until, lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    between.hold()
    sent = await put(citizen, 3)
    # It noticed, and did not end.
    await asyncio.to_thread(until, lambda: "the queue cannot be reached" in workers.log_text())
    assert inbox.mails() == []
    between.let_go()
    await asyncio.to_thread(until, lambda: dict(arrivals_in(inbox)) == sent)
    assert [process.poll() for process in workers.running] == [None]


async def test_job_that_brings_workers_down_again_and_again_ends(inbox: Inbox, workers: Workers) -> None:
    put_in = (
        "insert into procrastinate_jobs (queue_name, task_name, status, attempts) values ('default', %s, 'doing', %s)"
    )
    rows(put_in, "test.poison", MOST)
    workers.start()
    poison = "select status from procrastinate_jobs where task_name = 'test.poison'"
    until(lambda: rows(poison) == [("failed",)])
