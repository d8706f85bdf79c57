"""What people give, confirm, change and take back; and what comes of codes that are guessed."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from psycopg import Rollback

from portal.features.profile import actions, emails, queries, rules
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind, PostalAddress, Trial
from portal.platform.database import pool
from portal.platform.keys import citizens

from .conftest import CODE, HOME, NOW, fill, give_email, give_nickname, occasion, picture, somebody

MINUTE = timedelta(minutes=1)


async def test_nickname_is_not_used_before_it_is_confirmed(citizen):
    await actions.propose_nickname(occasion(citizen), "Zonnetje")
    assert await reads.nickname_of(citizen) is None
    assert (await queries.profile_of(citizen)).nickname is None
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW)
    assert await actions.confirm_nickname(occasion(citizen), proposed.id) is True
    assert await reads.nickname_of(citizen) == "Zonnetje"
    assert await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW) is None


async def test_only_the_nickname_that_was_shown_is_confirmed(citizen):
    await actions.propose_nickname(occasion(citizen), "Zonnetje")
    shown = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW)
    await actions.propose_nickname(occasion(citizen), "Regenboog")
    assert await actions.confirm_nickname(occasion(citizen), shown.id) is False
    assert await reads.nickname_of(citizen) is None


async def test_nickname_left_for_long_is_not_confirmed(citizen):
    await actions.propose_nickname(occasion(citizen), "Zonnetje")
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW)
    later = NOW + rules.NICKNAME_WAITS
    assert await reads.proposal_of(citizen, KeptKind.NICKNAME, now=later) is None
    assert await actions.confirm_nickname(occasion(citizen, later), proposed.id) is False


async def test_changed_nickname_replaces_the_old_one_and_its_consent(citizen, rows):
    await give_nickname(citizen, "Zonnetje")
    await give_nickname(citizen, "Regenboog", NOW + MINUTE)
    kept = (await queries.profile_of(citizen)).nickname
    assert (kept.value, kept.consent, kept.since) == ("Regenboog", "roepnaam-1", NOW + MINUTE)
    assert rows() == {"profile_kept": 1}


async def test_right_code_makes_the_address_the_contact_address(citizen):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    assert await reads.email_of(citizen) is None
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.CONFIRMED
    assert await reads.email_of(citizen) == "lies@example.org"
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.NONE


async def test_old_address_stays_until_the_new_one_is_confirmed_and_is_told(citizen, rows):
    await give_email(citizen, "old@example.org")
    await actions.propose_email(occasion(citizen), "new@example.org", code="271828")
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.WRONG
    assert await reads.email_of(citizen) == "old@example.org"
    assert rows()["mail_outbox"] == 1  # the new code; the first had done its work
    assert await actions.confirm_email(occasion(citizen), "271828") is Trial.CONFIRMED
    assert await reads.email_of(citizen) == "new@example.org"
    assert rows()["mail_outbox"] == 1  # what the old address is told


async def test_code_holds_for_a_quarter_of_an_hour(citizen):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    assert await actions.confirm_email(occasion(citizen, NOW + 15 * MINUTE), CODE) is Trial.EXPIRED
    assert await actions.confirm_email(occasion(citizen, NOW + 14 * MINUTE), CODE) is Trial.CONFIRMED


async def test_sixth_guess_is_not_looked_at(citizen):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    tried = [await actions.confirm_email(occasion(citizen), f"{guess:06}") for guess in range(6)]
    assert tried == [Trial.WRONG] * 5 + [Trial.USED_UP]
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.USED_UP


@pytest.mark.security
async def test_guesses_at_the_same_time_are_five_together(citizen):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    guesses = [actions.confirm_email(occasion(citizen), f"{guess:06}") for guess in range(20)]
    tried = await asyncio.gather(*guesses)
    assert sorted(tried) == sorted([Trial.WRONG] * 5 + [Trial.USED_UP] * 15)
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.USED_UP


@pytest.mark.security
async def test_right_code_twice_at_the_same_time_counts_once(citizen, rows):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    tried = await asyncio.gather(*(actions.confirm_email(occasion(citizen), CODE) for _ in range(3)))
    assert sorted(tried) == sorted([Trial.CONFIRMED, Trial.NONE, Trial.NONE])
    assert rows()["profile_kept"] == 1


async def test_new_code_ends_the_one_before(citizen):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    await actions.propose_email(occasion(citizen), "lies@example.org", code="271828")
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.WRONG
    assert await actions.confirm_email(occasion(citizen), "271828") is Trial.CONFIRMED


@pytest.mark.security
async def test_citizen_gets_five_codes_an_hour_to_whatever_addresses(citizen, rows):
    for number in range(5):
        await actions.propose_email(occasion(citizen, NOW + number * MINUTE), f"lies@{number}.example.org", code=CODE)
    with pytest.raises(actions.TooManyCodes):
        await actions.propose_email(occasion(citizen, NOW + 59 * MINUTE), "lies@other.example.org", code=CODE)
    assert (rows()["mail_outbox"], rows()["profile_code_sent"]) == (1, 10)  # only the last still works
    # The first is an hour old: one more, and only one.
    await actions.propose_email(occasion(citizen, NOW + 60 * MINUTE), "lies@other.example.org", code=CODE)
    with pytest.raises(actions.TooManyCodes):
        await actions.propose_email(occasion(citizen, NOW + 60 * MINUTE), "lies@other.example.org", code=CODE)


@pytest.mark.security
async def test_address_gets_five_codes_an_hour_from_whatever_citizens(citizen, rows):
    others = [await somebody() for _ in range(6)]
    asked = [
        actions.propose_email(occasion(other), f"Victim+{number}@example.org", code=CODE)
        for number, other in enumerate(others)
    ]
    came = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in came if one is not None] == [actions.TooManyCodes]
    assert rows()["mail_outbox"] == 5


async def removes(citizen, kind):
    """Take away what a citizen has of a kind; tell whether there was any."""
    if kind is KeptKind.EMAIL:
        return await emails.remove_main(occasion(citizen))
    return await actions.remove(occasion(citizen), kind)


@pytest.mark.parametrize("kind", KeptKind)
async def test_what_is_removed_is_gone_when_that_is_said(citizen, rows, kind):
    await give_nickname(citizen, "Zonnetje")
    await give_email(citizen, "lies@example.org")
    await actions.keep_photo(occasion(citizen), picture())
    if kind is not KeptKind.PHOTO:
        await actions.propose_nickname(occasion(citizen), "Regenboog")
        await actions.propose_email(occasion(citizen), "new@example.org", code=CODE)
    assert await removes(citizen, kind) is True
    profile = await queries.profile_of(citizen)
    left = [each for each in (profile.nickname, profile.photo, profile.email) if each is not None]
    assert (len(left), getattr(profile, kind)) == (2, None)
    assert rows()["profile_kept"] == 2
    assert rows().get("profile_proposal", 0) == (0 if kind is KeptKind.PHOTO else 1)
    assert await removes(citizen, kind) is False


async def test_removed_address_for_mail_is_told_once(citizen, rows, past_walls):
    await give_email(citizen, "lies@example.org")
    past_walls.execute("delete from mail_outbox")
    await emails.remove_main(occasion(citizen))
    await emails.remove_main(occasion(citizen))
    assert rows()["mail_outbox"] == 1


async def test_photo_is_kept_and_replaced(citizen, rows):
    await actions.keep_photo(occasion(citizen), picture())
    await actions.keep_photo(occasion(citizen), picture(size=(10, 10)))
    assert await queries.look_at_photo(occasion(citizen)) == picture(size=(10, 10))
    assert rows() == {"profile_kept": 1}


async def test_addresses_are_added_changed_and_removed(citizen, rows):
    key = await actions.save_address(occasion(citizen), HOME)
    work = PostalAddress("Werk", "Meir", "1", "2", "2000", "Antwerpen")
    assert await actions.change_address(occasion(citizen, NOW + MINUTE), key, work) is True
    (saved,) = await reads.addresses_of(citizen)
    assert (saved.id, saved.address, saved.consent, saved.since) == (key, work, "adressen-1", NOW + MINUTE)
    assert await actions.remove_address(occasion(citizen), key) is True
    assert rows() == {}
    assert await actions.remove_address(occasion(citizen), key) is False


async def test_addresses_stand_in_the_order_in_which_they_were_given(citizen):
    for later in (0, 2, 1):
        await actions.save_address(occasion(citizen, NOW + later * MINUTE), HOME)
    since = [saved.since for saved in await reads.addresses_of(citizen)]
    assert since == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]


async def test_list_of_addresses_holds_ten_also_when_all_come_at_once(citizen, rows):
    asked = [actions.save_address(occasion(citizen), HOME) for _ in range(14)]
    came = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in came if isinstance(one, Exception)] == [actions.TooManyAddresses] * 4
    assert rows() == {"profile_address": 10}


async def test_everything_is_exported_with_its_consent(citizen):
    await fill(citizen)
    exported = {each.kind: (each.value, each.consent, each.since) for each in await queries.export(citizen)}
    waiting = {
        "kind": "nickname",
        "proposed": "Regenboog",
        "valid_until": "2026-03-03T14:03:00Z",
        "attempts_left": 5,
    }
    assert exported == {
        "nickname": ("Zonnetje", "roepnaam-1", NOW),
        "photo": (picture(), "foto-1", NOW),
        "email": ("lies@example.org", "e-mail-1", NOW),
        "address": ("Thuis, Veldstraat 12, 9000 Gent", "adressen-1", NOW),
        "proposal": (waiting, "", NOW),
    }


async def test_forgetting_takes_all_of_one_citizen_with_the_callers_transaction(citizen, past_walls):
    other = await somebody()
    await fill(citizen)
    await fill(other)

    def left():
        tables = ("profile_kept", "profile_address", "profile_proposal")
        return [
            past_walls.execute(f"select count(*) from {table} where citizen_id = %s", (one,)).fetchone()[0]
            for one in (citizen, other)
            for table in tables
        ]

    async with pool.as_citizen(citizen) as conn, conn.transaction() as transaction:
        await actions.forget(conn, citizen)
        raise Rollback(transaction)
    assert left() == [3, 1, 1, 3, 1, 1]
    async with pool.as_citizen(citizen) as conn:
        await actions.forget(conn, citizen)
        await actions.forget(conn, other)
    assert left() == [0, 0, 0, 3, 1, 1]


async def test_worker_takes_away_what_was_never_confirmed(citizen, rows, as_worker):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    await actions.propose_nickname(occasion(citizen), "Zonnetje")
    async with as_worker():
        assert await actions.expire(NOW) == 0
        assert await actions.expire(NOW + 30 * MINUTE) == 3  # the address, and two counts of its code
        assert await actions.expire(NOW + 90 * MINUTE) == 1
    assert rows() == {"mail_outbox": 1}


async def test_whoever_lost_their_keys_reads_nothing_and_begins_anew(citizen):
    await fill(citizen)
    await actions.propose_email(occasion(citizen), "new@example.org", code=CODE)
    await citizens.erase(citizen)
    profile = await queries.profile_of(citizen)
    values = [profile.nickname.value, profile.photo.value, profile.email.value, profile.addresses[0].address]
    assert values == [None] * 4
    assert (
        await reads.nickname_of(citizen),
        await queries.look_at_photo(occasion(citizen)),
    ) == (None, None)
    assert await reads.email_of(citizen) is None
    assert await reads.proposal_of(citizen, KeptKind.EMAIL, now=NOW) is None
    exported = [each for each in await queries.export(citizen) if each.kind != "proposal"]
    assert [each.value for each in exported] == [None] * 4
    proposed = [each.value["proposed"] for each in await queries.export(citizen) if each.kind == "proposal"]
    assert proposed == [None] * 2
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.NONE
    await citizens.come_back(citizen)
    # New keys do not open what was sealed with the old ones; it goes away all the same.
    assert await give_nickname(citizen, "Regenboog") is True
    assert await reads.nickname_of(citizen) == "Regenboog"
    assert (await queries.profile_of(citizen)).email.value is None
    assert await emails.remove_main(occasion(citizen)) is True
    assert await actions.remove(occasion(citizen), KeptKind.PHOTO) is True
    assert await actions.change_address(occasion(citizen), profile.addresses[0].id, HOME) is True
    assert [saved.address for saved in await reads.addresses_of(citizen)] == [HOME]


@pytest.mark.parametrize("damage", [b"", b"x" * 40])
async def test_damaged_rows_are_said_to_be_unreadable(citizen, past_walls: psycopg.Connection, damage):
    await fill(citizen)
    for table in ("profile_kept", "profile_address", "profile_proposal"):
        past_walls.execute(f"update {table} set sealed = %s", (damage,))
    profile = await queries.profile_of(citizen)
    assert (profile.nickname.value, profile.photo.value, profile.addresses[0].address) == (None, None, None)
    assert await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW) is None
