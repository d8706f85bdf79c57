"""`manage.py retention`: a line of JSON for each table, and the word of somebody that the clock is right."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from portal.platform.database import terms

VISIT = "insert into privacy_visit (citizen_id, seen_on) values (gen_random_uuid(), %s)"
ASKED = "insert into mail_question_rate (mark, at) values (sha256('a'), now() - interval '4 hours')"
SAID = "select trusted_by, trusted_why, trusted_at is not null from sweeping_state"


@pytest.fixture(autouse=True)
def same_role() -> Iterator[None]:
    """Give back the role of the portal: the command takes the worker's."""
    before = dict(settings.DATABASES)
    yield
    settings.DATABASES.update(before)


async def run(*given: str) -> str:
    said = StringIO()
    await asyncio.to_thread(call_command, "retention", *given, stdout=said)
    return said.getvalue()


def rows(text: str) -> dict[str, dict[str, Any]]:
    return {one["table"]: one for one in map(json.loads, text.splitlines())}


async def test_each_table_has_a_line_with_what_is_late_and_what_would_go(past_walls: psycopg.Connection):
    for table in ("privacy_visit", "mail_question_rate"):
        past_walls.execute(f"delete from {table}")
    today = datetime.now(UTC).date()
    past_walls.execute(VISIT, (today - timedelta(days=700),))
    past_walls.execute(ASKED)
    found = rows(await run("--on", (today + timedelta(days=60)).isoformat()))
    assert list(found) == [each.table for each in terms.terms()]
    assert {tuple(one) for one in found.values()} == {("table", "term", "older_than_term", "would_go")}
    counted = {table: (found[table]["older_than_term"], found[table]["would_go"]) for table in found}
    assert (counted["privacy_visit"], counted["mail_question_rate"]) == ((0, 1), (1, 1))
    assert found["privacy_visit"]["term"].startswith("Twee jaar.")
    past_walls.execute("delete from mail_question_rate")
    counted_today = rows(await run())
    assert [counted_today[table]["would_go"] for table in ("privacy_visit", "mail_question_rate")] == [0, 0]


@pytest.mark.parametrize("day", ["gisteren", "2026-02-30", date.max.isoformat()])
async def test_day_that_is_none_is_refused(database: None, day: str):
    with pytest.raises(CommandError, match="--on"):
        await run("--on", day)


async def test_clock_is_right_by_the_word_of_a_function_and_with_a_reason(past_walls: psycopg.Connection):
    past_walls.execute("update sweeping_state set trusted_at = null, trusted_by = '', trusted_why = ''")
    for given in ((), ("--who", "beheer"), ("--who", " ", "--why", "verhuisd")):
        with pytest.raises(CommandError, match="--who and --why"):
            await run("--clock-is-right", *given)
    assert past_walls.execute(SAID).fetchone() == ("", "", False)
    assert await run("--clock-is-right", "--who", "beheer", "--why", "verhuisd") == ""
    assert past_walls.execute(SAID).fetchone() == ("beheer", "verhuisd", True)


async def test_role_of_the_worker_is_needed(database: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KEYS_DATABASE_URL_WORKER")
    with pytest.raises(CommandError, match="KEYS_DATABASE_URL_WORKER"):
        await run()
