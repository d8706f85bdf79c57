"""Workers killed, a desk that is down, connections that are cut: no report is lost, and none counts twice."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from deploy.local.environment import for_worker
from portal.features.corrections import actions
from portal.features.corrections.tests.test_delivery import CONTENT
from portal.platform.journal.types import Occasion
from portal.platform.sources import catalogue
from tests.citizen import Citizen, sign_in
from tests.desks import LIES, PIETER, Desks
from tests.inbox import Workers, cut_workers, rows
from tests.town import until


@pytest.fixture
def workers(town: Desks, tmp_path: Path) -> Iterator[Workers]:
    values = for_worker(os.environ) | {
        "REST_URL": town.tls,
        "REST_TOKEN_URL": f"{town.origin}/op/v1/token",
        "REST_TOKEN_AUDIENCE": f"{town.origin}/op",
        "SOURCES_BREAKER_CALLS": "100000",
        "CORRECTIONS_RETRY_SECONDS": "1",
        "WORKER_SILENT_SECONDS": "2",
    }
    workers = Workers(values, tmp_path / "worker.log")
    yield workers
    workers.end()


async def put_numbered(people: list[Citizen], count: int) -> dict[str, str]:
    """Report `count` errors; gives what each says by its reference."""
    entry = catalogue.installed().entry("ahovoks.bewijzen")
    sent = {}
    # The clock of today: it is to be delivered, not to be too late.
    now = datetime.now(UTC)
    for number in range(count):
        who, words = people[number % len(people)], f"nummer {number}"
        content = replace(CONTENT, should_be=words)
        reference = await actions.report(
            who.session, Occasion(who.session.citizen_id, now, str(uuid4())), entry, content, uuid4()
        )
        sent[reference] = words
    return sent


async def test_every_report_arrives_once_whatever_breaks(town: Desks, workers: Workers) -> None:
    people = [await sign_in(identity) for identity in (LIES, PIETER)]
    before = Counter(town.outcomes())
    # Slow, so that each kill falls in the middle of reports on their way.
    town.fails("ok", latency_ms=300)
    sent = await put_numbered(people, 40)
    first = workers.start()
    until(lambda: len(town.reports()) >= 5)
    workers.kill(first)
    town.fails("503")
    second = workers.start()
    until(lambda: (Counter(town.outcomes()) - before)["503"] >= 5)
    # What arrives is not confirmed.
    town.fails("reset", latency_ms=300)
    until(lambda: (Counter(town.outcomes()) - before)["reset"] >= 5)
    cut_workers()
    workers.kill(second)
    town.fails("ok")
    third = workers.start()
    until(lambda: rows("select count(*) from corrections_delivery") == [(0,)])
    reports = town.reports()
    assert {report["reference"]: report["content"]["moet_zijn"] for report in reports} == sent
    assert len(reports) == 40
    assert sum(report["came"] for report in reports) > 40
    assert [report for report in reports if report["contradicted"]] == []
    assert rows("select count(*) from corrections_report where delivered_at is null") == [(0,)]
    assert workers.stop(third) == 0
    assert [word for word in ("nummer", "84651421235", "66643025104", "Diploma") if word in workers.log_text()] == []


async def test_report_that_comes_later_is_tried_after_the_same_pause(town: Desks, workers: Workers) -> None:
    people = [await sign_in(LIES)]
    town.fails("503")
    await put_numbered(people, 1)
    workers.start()
    until(lambda: workers.log_text().count("later (HTTP 503), again in 1 s") >= 3)
    town.fails("ok")
    until(lambda: rows("select count(*) from corrections_delivery") == [(0,)])
