"""The day of a sign-in is noted, with the kind of device; a failure to do so does not prevent signing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.test import override_settings
from django.utils import timezone

from portal.channels.entry import new_device
from portal.platform.journal.types import Occasion
from tests.citizen import Citizen, person, sign_in

pytestmark = pytest.mark.security

SEEN = "select seen_on, announced_on, retired_on from privacy_visit where citizen_id = %s"
TOLD = "insert into privacy_visit (citizen_id, seen_on, announced_on) values (%s, %s, %s)"
DEVICES = "select count(*) from access_device where citizen_id = %s"


@contextmanager
def table_away(past_walls: psycopg.Connection, table: str) -> Iterator[None]:
    past_walls.execute(f"alter table {table} rename to {table}_away")
    try:
        yield
    finally:
        past_walls.execute(f"alter table {table}_away rename to {table}")


async def somebody() -> tuple[Citizen, Occasion]:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        who = await sign_in(person("84651421235"))
    return who, Occasion(who.session.citizen_id, datetime.now(UTC), str(uuid4()))


def visit(past_walls: psycopg.Connection, who: Citizen) -> tuple[date | None, ...] | None:
    return past_walls.execute(SEEN, (who.session.citizen_id,)).fetchone()


async def test_sign_in_notes_its_day_and_takes_back_what_was_announced(past_walls, database):
    who, occasion = await somebody()
    citizen_id, today = who.session.citizen_id, timezone.localdate()
    past_walls.execute("delete from privacy_visit where citizen_id = %s", (citizen_id,))
    past_walls.execute(TOLD, (citizen_id, today - timedelta(days=720), today - timedelta(days=20)))
    await new_device.note_sign_in(who.session, occasion, "Firefox, Linux")
    assert visit(past_walls, who) == (today, None, None)
    assert past_walls.execute(DEVICES, (citizen_id,)).fetchone() != (0,)


async def test_device_that_cannot_be_noted_is_no_reason_to_forget_the_day(past_walls, database, caplog):
    who, occasion = await somebody()
    past_walls.execute("delete from privacy_visit where citizen_id = %s", (who.session.citizen_id,))
    with table_away(past_walls, "access_device"):
        await new_device.note_sign_in(who.session, occasion, "Firefox, Linux")
    assert visit(past_walls, who) == (timezone.localdate(), None, None)
    assert "device not noted: UndefinedTable" in caplog.text


async def test_day_that_cannot_be_noted_keeps_nobody_out(past_walls, database, caplog):
    who, occasion = await somebody()
    with table_away(past_walls, "privacy_visit"):
        await new_device.note_sign_in(who.session, occasion, "Firefox, Linux")
    assert "sign-in not noted: UndefinedTable" in caplog.text
