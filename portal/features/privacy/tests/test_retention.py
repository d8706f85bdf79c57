"""Who was not here for two years is told once, a month before, and then what they gave us goes: all or nothing."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.tests.linking import CITIZENS_TABLES, gives, links
from portal.features.privacy import actions, queries, tasks
from portal.features.privacy.retention import announcing, retiring, rules, visits
from portal.features.privacy.retention.mails import ProfileGoes
from portal.features.profile import actions as profile
from portal.features.profile import queries as profile_queries
from portal.features.profile.types import PostalAddress
from portal.platform.database import pool, terms
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, subjects
from portal.platform.language.dates import day_here
from portal.platform.mail import actions as mail
from portal.platform.mail.types import MailMessage

GIVEN = (
    "profile_kept",
    "profile_email",
    "profile_address",
    "notifications_preferences",
    "mailbox_link",
    "mailbox_box",
)
HOME = PostalAddress("Thuis", "Veldstraat", "12", "", "9000", "Gent")
NOW = datetime(2026, 3, 3, 4, 29, tzinfo=UTC)
SEEN = date(2026, 3, 3)
TOLD = NOW.replace(year=2028) - timedelta(days=30)  # when it is due
OVER = NOW.replace(year=2028)
TRACE = str(UUID(int=19))
ENTRIES = """
select count(*) from journal_entry where subject = %s and name = %s and actor_kind = 'system' and actor = 'worker'
    and activities is not null
"""


@pytest_asyncio.fixture
async def lies(past_walls: psycopg.Connection) -> UUID:
    """Somebody who gave us all that there is to give, on empty tables, and signed in on the third of March."""
    for table in {*CITIZENS_TABLES, *GIVEN, "mail_outbox", "privacy_visit", "procrastinate_jobs"}:
        past_walls.execute(f"delete from {table}")
    citizen_id = uuid4()
    occasion = Occasion(citizen_id, NOW, TRACE)
    await gives(citizen_id, "lies@example.org")
    await profile.keep_photo(occasion, b"a photo")
    await profile.save_address(occasion, HOME)
    await links(citizen_id)
    await note_visit(citizen_id)
    return citizen_id


async def note_visit(citizen_id: UUID, on: date = SEEN) -> None:
    async with pool.as_citizen(citizen_id) as conn:
        await actions.note_visit(conn, citizen_id, on=on)


def tables_left(past_walls: psycopg.Connection, citizen_id: UUID) -> set[str]:
    query = "select count(*) from {} where citizen_id = %s"
    return {table for table in GIVEN if past_walls.execute(query.format(table), (citizen_id,)).fetchone() != (0,)}


def visit(past_walls: psycopg.Connection, citizen_id: UUID) -> tuple[date | None, ...]:
    query = "select seen_on, announced_on, retired_on from privacy_visit where citizen_id = %s"
    return past_walls.execute(query, (citizen_id,)).fetchone() or ()


def mails(past_walls: psycopg.Connection) -> int:
    (count,) = past_walls.execute("select count(*) from mail_outbox").fetchone() or (-1,)
    return int(count)


async def entries(past_walls: psycopg.Connection, citizen_id: UUID, name: str) -> int:
    (count,) = past_walls.execute(ENTRIES, (await subjects.of(citizen_id), name)).fetchone() or (-1,)
    return int(count)


async def test_what_somebody_gave_goes_two_years_after_and_not_a_day_before(past_walls, as_worker, lies):
    everything = set(GIVEN) - {"profile_email"}
    assert tables_left(past_walls, lies) == everything
    before = mails(past_walls)
    async with as_worker():
        assert await announcing.announce(TOLD - timedelta(days=1)) == 0
        assert await announcing.announce(TOLD) == 1
        assert await announcing.announce(TOLD + timedelta(hours=1)) == 0
        assert await retiring.retire(OVER - timedelta(days=1)) == 0
        assert tables_left(past_walls, lies) == everything
        assert await retiring.retire(OVER) == 1
        assert await retiring.retire(OVER + timedelta(days=400)) == 0
    assert mails(past_walls) == before + 1
    assert tables_left(past_walls, lies) == set()
    assert visit(past_walls, lies) == (None, None, day_here(OVER))
    assert await entries(past_walls, lies, "take away the profile after two years") == 1
    assert await entries(past_walls, lies, "announce that the profile goes") == 1
    # They come back, and begin from nothing.
    await note_visit(lies, date(2028, 5, 1))
    assert visit(past_walls, lies) == (date(2028, 5, 1), None, None)
    assert await profile_queries.count_addresses(lies) == 0


async def test_whoever_signs_in_again_keeps_all_and_is_told_anew_the_next_time(past_walls, as_worker, lies):
    async with as_worker():
        assert await announcing.announce(TOLD) == 1
    await note_visit(lies, day_here(TOLD))
    async with as_worker():
        assert await retiring.retire(OVER) == 0
        assert await announcing.announce(OVER) == 0
        assert await announcing.announce(TOLD + timedelta(days=2 * 365)) == 1
    assert "mailbox_link" in tables_left(past_walls, lies)


async def test_mail_that_waits_is_withdrawn_by_signing_in_and_no_other_is(past_walls, as_worker, lies):
    other = uuid4()
    await gives(other, "other@example.org")
    await note_visit(other)
    past_walls.execute("delete from mail_outbox")
    async with as_worker():
        assert await announcing.announce(TOLD) == 2
    async with pool.as_citizen(lies) as conn:
        kept = await mail.send(conn, lies, MailMessage("lies@example.org", "", ProfileGoes(SEEN, SEEN)))
    assert mails(past_walls) == 3
    await note_visit(lies, day_here(TOLD))
    left = "select citizen_id from mail_outbox where id <> %s"
    assert past_walls.execute(left, (kept,)).fetchall() == [(other,)]
    assert mails(past_walls) == 2
    noted = "select mail_id from privacy_visit where citizen_id = %s"
    assert past_walls.execute(noted, (lies,)).fetchone() == (None,)
    # Told anew two years later, and taken away: nothing of the mail stays in the row.
    async with as_worker():
        await announcing.announce(TOLD + timedelta(days=2 * 365))
        assert past_walls.execute(noted, (lies,)).fetchone() != (None,)
        assert await retiring.retire(OVER + timedelta(days=2 * 365)) == 2
    assert past_walls.execute(noted, (lies,)).fetchone() == (None,)


async def test_who_was_told_late_has_a_month_from_then_on(past_walls, as_worker, lies):
    late = OVER + timedelta(days=100)
    async with as_worker():
        assert await announcing.announce(late) == 1
        assert await retiring.retire(late + timedelta(days=29)) == 0
        assert await retiring.retire(late + timedelta(days=30)) == 1
    assert tables_left(past_walls, lies) == set()


async def test_who_has_no_address_gets_no_mail_and_goes_too(past_walls, as_worker, lies):
    citizen_id = uuid4()
    await profile.save_address(Occasion(citizen_id, NOW, TRACE), HOME)
    await note_visit(citizen_id)
    await note_visit(lies, day_here(OVER))
    before = mails(past_walls)
    async with as_worker():
        assert await announcing.announce(TOLD) == 1
        assert await retiring.retire(OVER) == 1
    assert mails(past_walls) == before
    assert tables_left(past_walls, citizen_id) == set()
    assert len(tables_left(past_walls, lies)) == 5


BREAK = """
create function broken() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$;
create trigger broken before update on privacy_visit for each row when (new.retired_on is not null)
    execute function broken()
"""


async def test_what_breaks_off_half_way_takes_nothing_away_and_is_done_the_next_time(past_walls, as_worker, lies):
    everything = tables_left(past_walls, lies)
    async with as_worker():
        await announcing.announce(TOLD)
        past_walls.execute(BREAK)
        try:
            with pytest.raises(psycopg.errors.RaiseException):
                await retiring.retire(OVER)
        finally:
            past_walls.execute("drop trigger broken on privacy_visit; drop function broken")
        assert tables_left(past_walls, lies) == everything
        assert await entries(past_walls, lies, "take away the profile after two years") == 0
        assert await retiring.retire(OVER) == 1
    assert tables_left(past_walls, lies) == set()


async def test_two_workers_tell_and_take_away_once(past_walls, as_worker, lies):
    before = mails(past_walls)
    async with as_worker():
        await asyncio.gather(announcing.announce(TOLD), announcing.announce(TOLD))
        assert mails(past_walls) == before + 1
        assert sum(await asyncio.gather(retiring.retire(OVER), retiring.retire(OVER))) == 1
    assert await entries(past_walls, lies, "take away the profile after two years") == 1


async def test_whoever_signs_in_at_that_very_moment_is_left_alone(past_walls, as_worker, lies):
    async with as_worker():
        await announcing.announce(TOLD)
    async with pool.as_citizen(lies) as conn:
        await actions.note_visit(conn, lies, on=day_here(OVER))
        async with as_worker():
            assert await retiring.retire(OVER) == 0
    assert len(tables_left(past_walls, lies)) == 5


async def test_others_go_while_somebody_signs_in_and_each_is_written_down(
    past_walls, as_worker, lies, monkeypatch: pytest.MonkeyPatch
):
    """Many at once, each with an eBox; the first of all is signing in."""
    monkeypatch.setattr(retiring, "PART", 2)
    others = sorted(uuid4() for _ in range(4))
    for citizen_id in others:
        await gives(citizen_id, f"{citizen_id}@example.org")
        await links(citizen_id)
        await note_visit(citizen_id, SEEN if citizen_id != others[0] else SEEN - timedelta(days=1))
    past_walls.execute("delete from privacy_visit where citizen_id = %s", (lies,))
    async with as_worker():
        await announcing.announce(TOLD)
    async with pool.as_citizen(others[0]) as conn:
        await actions.note_visit(conn, others[0], on=day_here(OVER))
        async with as_worker():
            assert await retiring.retire(OVER) == 3
    for citizen_id in others[1:]:
        assert tables_left(past_walls, citizen_id) == set()
        assert await entries(past_walls, citizen_id, "take away the profile after two years") == 1
    assert {"mailbox_link", "mailbox_box"} < tables_left(past_walls, others[0])
    assert {"mailbox_link", "mailbox_box"} < tables_left(past_walls, lies)


@pytest.mark.security
async def test_worker_sees_and_takes_away_only_of_whom_it_names(past_walls, as_worker, lies):
    other = uuid4()
    await profile.save_address(Occasion(other, NOW, TRACE), HOME)
    count = "select count(*) from profile_address"
    async with as_worker():
        async with pool.transaction() as conn:
            assert await (await conn.execute(count)).fetchone() == (0,)
            assert (await conn.execute("delete from profile_kept")).rowcount == 0
            assert (await conn.execute("delete from notifications_preferences")).rowcount == 0
        async with pool.as_citizens([lies]) as conn:
            assert await (await conn.execute(count)).fetchone() == (1,)
            assert (await conn.execute("delete from profile_address")).rowcount == 1
        # The name ends with the transaction.
        async with pool.transaction() as conn:
            assert await (await conn.execute("select count(*) from profile_kept")).fetchone() == (0,)
    assert tables_left(past_walls, other) == {"profile_address"}


async def test_who_was_here_before_it_was_noted_gets_two_years_from_now(past_walls, as_worker, lies):
    past_walls.execute("delete from privacy_visit")
    async with as_worker():
        await visits.begin_for_others(SEEN)
        assert visit(past_walls, lies) == (SEEN, None, None)
        await visits.begin_for_others(date(2027, 1, 1))
    assert visit(past_walls, lies) == (SEEN, None, None)


async def test_clock_of_a_portal_that_is_behind_makes_no_sign_in_an_earlier_one(past_walls, lies):
    today = day_here(datetime.now(UTC))
    for on in (today, today - timedelta(days=730)):
        await note_visit(lies, on)
        assert visit(past_walls, lies) == (today, None, None)
    # One that was ahead left a day that is still to come, until the next sign-in.
    for on in (today + timedelta(days=365), today):
        await note_visit(lies, on)
        assert visit(past_walls, lies) == (on, None, None)


async def test_what_was_given_since_the_profile_went_goes_too_without_a_sign_in_that_was_noted(
    past_walls, as_worker, lies
):
    async with as_worker():
        await announcing.announce(TOLD)
        await retiring.retire(OVER)
    # They came back as it went, and the day could not be noted.
    await profile.save_address(Occasion(lies, OVER, TRACE), HOME)
    again = OVER.replace(year=2030)
    async with as_worker():
        await visits.begin_anew(day_here(again - timedelta(days=31)))
        assert visit(past_walls, lies) == (None, None, day_here(OVER))
        await visits.begin_anew(day_here(again - timedelta(days=30)))
        assert await announcing.announce(again - timedelta(days=30)) == 1
        assert await retiring.retire(again - timedelta(days=1)) == 0
        assert tables_left(past_walls, lies) == {"profile_address"}
        assert await retiring.retire(again) == 1
    assert tables_left(past_walls, lies) == set()
    assert visit(past_walls, lies) == (None, None, day_here(again))


async def test_job_that_waited_gives_a_month_from_the_day_on_which_it_tells(past_walls, as_worker, lies):
    now = datetime.now(UTC)
    past_walls.execute("update privacy_visit set seen_on = current_date - 725")
    async with as_worker():
        await tasks.retire(timestamp=int((now - timedelta(days=6)).timestamp()))
    assert visit(past_walls, lies)[1] in {day_here(now), day_here(datetime.now(UTC))}


async def test_citizen_gets_the_day_of_their_last_sign_in_and_has_it_forgotten(past_walls, lies):
    (record,) = await queries.export(lies)
    assert record.kind == "last_sign_in"
    assert record.value == {"seen_on": "2026-03-03", "announced_on": None, "retired_on": None}
    async with pool.as_citizen(lies) as conn:
        await actions.forget(conn, lies)
    assert await queries.export(lies) == []


async def test_who_was_erased_is_neither_told_nor_in_the_way(past_walls, as_worker, lies):
    await citizens.erase(lies)
    before = mails(past_walls)
    async with as_worker():
        assert await announcing.announce(TOLD) == 1
        assert await retiring.retire(OVER) == 1
    assert mails(past_walls) == before
    # A main database that was put back had their day again: nothing of it stays.
    assert visit(past_walls, lies) == ()


async def test_who_has_keys_and_a_name_that_does_not_open_goes_too_and_keeps_the_day_of_that(
    past_walls, past_key_walls, as_worker, lies
):
    past_key_walls.execute("update keys_subject set subject = 'v0:broken' where citizen_id = %s", (lies,))
    async with as_worker():
        assert await announcing.announce(TOLD) == 1
        assert await retiring.retire(OVER) == 1
    assert tables_left(past_walls, lies) == set()
    assert visit(past_walls, lies) == (None, None, day_here(OVER))


async def test_who_stays_after_two_years_is_counted(past_walls, as_worker, lies):
    past_walls.execute("update privacy_visit set seen_on = current_date - 800")
    (of_visits,) = [each for each in terms.terms() if each.table == "privacy_visit"]
    async with as_worker():
        assert await terms.count_overdue(of_visits, datetime.now(UTC)) == (1, 1)


def test_two_years_after_the_29th_of_february_is_the_first_of_march():
    leap = date(2028, 2, 29)
    assert rules.deletion_day(leap, date(2029, 1, 1)) == date(2030, 3, 1)
    assert rules.years_before(date(2030, 2, 28)) == date(2028, 2, 28)
    assert rules.years_before(date(2030, 3, 1)) == date(2028, 3, 1)
    assert rules.years_before(leap) == date(2026, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_nothing_goes_before_two_years_or_a_month_after_it_was_told(seen_on: date, later: int):
    told = seen_on + timedelta(days=later)
    gone = rules.deletion_day(seen_on, told)
    assert gone >= told + timedelta(days=30)
    assert (gone - seen_on).days >= 2 * 365


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_deletion_finds_on_the_promised_day_whom_it_was_promised_to_and_not_before(seen_on: date):
    promised = rules.deletion_day(seen_on, seen_on)
    assert rules.years_before(promised - timedelta(days=1)) < seen_on <= rules.years_before(promised)
