"""When something fails on our side the page is still whole, says so, and the operator can find out why."""

import asyncio
import re

import psycopg
import pytest

from .conftest import Visitor


@pytest.fixture
def owner(house):
    with psycopg.connect(house.urls.owner, autocommit=True) as conn:
        yield conn


async def test_what_cannot_be_kept_is_shown_all_the_same(visitor, persona, owner):
    owner.execute("revoke all on sources_answer from portal")
    try:
        await visitor.signs_in(persona.complete)
        await visitor.sees_every_source()
        assert await visitor.outcome("rijksregister.persoon") == "ready"
    finally:
        owner.execute("grant select, insert, update, delete on sources_answer to portal")
    assert "could not be kept: InsufficientPrivilege" in visitor.house.log.read_text("utf-8")


async def test_what_cannot_be_journalled_is_neither_asked_nor_shown(visitor, persona, owner):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    owner.execute("alter table journal_entry rename to journal_entry_away")
    try:
        await visitor.opens("/uw-gegevens/?opnieuw=rijksregister.persoon")
        await visitor.sees("Wij konden niet noteren dat u deze gegevens opvraagt, en tonen ze daarom niet.")
        assert await visitor.page.locator('[data-outcome="ready"]').count() == 0
        asked = visitor.house.log.read_text("utf-8").count("rijksregister.persoon=")
    finally:
        owner.execute("alter table journal_entry_away rename to journal_entry")
    await (
        visitor.page.locator("#tile-rijksregister-persoon")
        .get_by_role("link", name="Vraag opnieuw wat ontbrak")
        .click()
    )
    await visitor.page.get_by_text("diensten hebben geantwoord.").wait_for()
    assert await visitor.outcome("rijksregister.persoon") == "ready"
    assert visitor.house.log.read_text("utf-8").count("rijksregister.persoon=") == asked + 1


async def test_a_locked_table_does_not_hang_a_page(visitor, persona, owner):
    await visitor.signs_in(persona.complete)
    with owner.transaction():
        owner.execute("lock table sources_answer in access exclusive mode")
        await visitor.sees_every_source()


async def test_a_request_too_large_to_read_gets_a_plain_answer(visitor, persona):
    await visitor.signs_in(persona.complete)
    assert await visitor.opens("/uw-gegevens/?" + "a=1&" * 120) == 400
    await visitor.sees("Dit konden wij niet lezen")


async def test_a_failure_of_ours_can_be_found_in_the_log(visitor, persona, owner):
    await visitor.signs_in(persona.complete)
    owner.execute("revoke all on access_session from portal")
    try:
        assert await visitor.opens("/uw-gegevens/") == 500
        await visitor.sees("Er ging iets mis bij ons")
        number = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", await visitor.page.content())
        assert await visitor.opens("/hulp/") == 200
    finally:
        owner.execute("grant select, insert, update, delete on access_session to portal")
    assert number is not None
    lines = [line for line in visitor.house.log.read_text("utf-8").splitlines() if number[0] in line]
    assert any("failed: InsufficientPrivilege at" in line for line in lines)


async def test_who_comes_when_it_is_too_busy_is_told_to_come_back(visitor, persona, owner):
    await visitor.signs_in(persona.complete)
    with owner.transaction():
        owner.execute("lock table access_session in access exclusive mode")
        assert await visitor.opens("/uw-gegevens/gezin/") == 503
        await visitor.sees("Dat lukt nu even niet")
        assert await visitor.opens("/hulp/") == 200
        # More than there are connections to wait with: some wait for the lock, the others for a connection.
        statuses = await asyncio.gather(*(_status(visitor) for _ in range(60)))
    assert statuses == [(503, "30")] * 60
    assert await visitor.opens("/uw-gegevens/gezin/") == 200
    log = visitor.house.log.read_text("utf-8")
    # A request that waited a second for a connection has only as much time left as the lock may take: either limit
    # may end it first. On a busy machine the requests come so far apart that none waits for a connection that long.
    kinds = set(re.findall(r"portal.request busy: (\w+)", log))
    assert "LockNotAvailable" in kinds
    assert kinds <= {"LockNotAvailable", "PoolTimeout", "NoAnswer"}


async def _status(visitor: Visitor) -> tuple[int, str]:
    answer = await visitor.page.request.get(f"{visitor.house.portal}/uw-gegevens/")
    return answer.status, answer.headers["retry-after"]


async def test_a_clock_that_is_wrong_does_not_sign_anyone_out(visitor, persona):
    await visitor.page.add_init_script(
        "const now = Date.now; Date.now = () => now() + 16 * 60e3;"
        "const D = Date; Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now()) } }"
    )
    await visitor.signs_in(persona.complete)
    await visitor.opens("/uw-gegevens/")
    await visitor.page.wait_for_timeout(500)
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/"


@pytest.mark.security
async def test_a_device_that_slept_for_long_shows_nothing_of_mine_when_it_wakes(visitor, persona):
    await visitor.signs_in(persona.complete, start="/aanmelden/?naar=/cookies/")
    await visitor.opens("/profiel/")
    # Asleep, the page's own clock stands still, and that on the wall goes on.
    await visitor.page.evaluate("const now = Date.now; Date.now = () => now() + 16 * 60e3")
    await visitor.page.evaluate("dispatchEvent(new Event('focus'))")
    await visitor.page.wait_for_url("**/afgemeld/**", timeout=10_000)
    # The session was there all the time.
    await visitor.sees("U bent nog aangemeld")
