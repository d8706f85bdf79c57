"""Several addresses for mail: which is the main one, how one is added, chosen, removed, and who is told."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from portal.features.profile import actions, emails, queries, rules
from portal.features.profile.tests import reads
from portal.features.profile.types import (
    OTHER_EMAIL,
    AddressChanged,
    AddressesChanged,
    KeptKind,
    Trial,
    VerifiedEmail,
)
from portal.platform.database import pool
from portal.platform.keys import citizens
from portal.platform.mail import composing, kinds
from portal.platform.mail.types import MailMessage
from tests.journal_entries import entries_of
from tests.waiting import until

from .conftest import CODE, NOW, a_lock_is_waited_for, give_email, give_nickname, occasion, somebody

HOME, WORK, THIRD = "lies@example.org", "Lies@work.example", "third@example.org"


async def adds(citizen, address, now=NOW):
    """Give one more address and confirm it."""
    await actions.propose_email(occasion(citizen, now), address, code=CODE, kind=OTHER_EMAIL)
    return await actions.confirm_email(occasion(citizen, now), CODE, kind=OTHER_EMAIL)


async def readable_addresses(citizen):
    """Give the addresses that can be read, the main one first."""
    return [email.address for email in await reads.verified_emails_of(citizen)]


async def all_but_one(citizen):
    """Give as many addresses as may be but one; give the occasion on which the next may be proposed."""
    await give_email(citizen, HOME)
    for number in range(rules.MOST_EMAILS - 2):
        await adds(citizen, f"{number}@example.org", NOW + number * rules.CODES_PER)
    return occasion(citizen, NOW + timedelta(days=1))


async def id_of(citizen, address):
    (found,) = [email.id for email in await reads.verified_emails_of(citizen) if email.address == address]
    return found


@pytest.fixture
def mails(citizen, past_walls: psycopg.Connection):
    """Say to whom the mails that wait go and what they are; forget them."""

    async def read():
        box = await citizens.mail_box(citizen)
        rows = past_walls.execute("select id, sealed from mail_outbox").fetchall()
        past_walls.execute("delete from mail_outbox")
        found = [kinds.message_of(box.open(sealed, b"mail_outbox\0" + mail_id.bytes)) for mail_id, sealed in rows]
        return sorted((mail.to, getattr(mail.content, "what", type(mail.content).__name__)) for mail in found)

    return read


async def test_one_more_address_is_kept_beside_the_main_one_which_is_told(citizen, mails):
    await give_email(citizen, HOME)
    assert await adds(citizen, WORK) is Trial.CONFIRMED
    main, other = await reads.verified_emails_of(citizen)
    assert (main, other) == (VerifiedEmail(main.id, HOME, True), VerifiedEmail(other.id, WORK, False))
    assert await reads.email_of(citizen) == HOME
    assert await mails() == [(HOME, "added")]


async def test_code_for_one_more_address_is_mailed_there_and_nowhere_else(citizen, mails):
    await give_email(citizen, HOME)
    await mails()
    await actions.propose_email(occasion(citizen), WORK, code=CODE, kind=OTHER_EMAIL)
    assert await mails() == [(WORK, "ConfirmAddress")]


async def test_code_for_one_more_address_is_none_for_the_main_one(citizen):
    await give_email(citizen, HOME)
    await actions.propose_email(occasion(citizen), WORK, code=CODE, kind=OTHER_EMAIL)
    assert await actions.confirm_email(occasion(citizen), CODE) is Trial.NONE
    assert await readable_addresses(citizen) == [HOME]
    # Both may wait for their codes at the same time.
    await actions.propose_email(occasion(citizen), THIRD, code="271828")
    assert await actions.confirm_email(occasion(citizen), CODE, kind=OTHER_EMAIL) is Trial.CONFIRMED
    assert await actions.confirm_email(occasion(citizen), "271828") is Trial.CONFIRMED
    assert await readable_addresses(citizen) == [THIRD, WORK]


async def test_first_address_is_the_main_one_whatever_it_was_given_as(citizen):
    await give_email(citizen, HOME)
    await actions.propose_email(occasion(citizen), WORK, code=CODE, kind=OTHER_EMAIL)
    async with pool.as_citizen(citizen) as conn:  # as a portal of the release before takes the main one away
        await conn.execute("delete from profile_kept where citizen_id = %s and kind = 'email'", (citizen,))
    await actions.confirm_email(occasion(citizen), CODE, kind=OTHER_EMAIL)
    assert [(email.address, email.is_main) for email in await reads.verified_emails_of(citizen)] == [(WORK, True)]


@pytest.mark.parametrize("again", [HOME, HOME.upper(), "lies@EXAMPLE.org", WORK.lower()])
async def test_address_that_is_there_is_not_kept_twice(citizen, again, mails):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    await mails()
    assert await adds(citizen, again) is Trial.CONFIRMED
    assert await readable_addresses(citizen) == [HOME, WORK]
    assert await mails() == []


async def test_main_address_replaced_by_one_that_is_there_leaves_it_once(citizen):
    await give_email(citizen, HOME)
    await actions.propose_email(occasion(citizen), WORK, code=CODE)
    await actions.propose_email(occasion(citizen), WORK, code="271828", kind=OTHER_EMAIL)
    await actions.confirm_email(occasion(citizen), "271828", kind=OTHER_EMAIL)
    await actions.confirm_email(occasion(citizen), CODE)
    assert await readable_addresses(citizen) == [WORK]


@pytest.mark.security
async def test_two_tabs_that_give_the_same_address_keep_it_once(citizen):
    await give_email(citizen, HOME)
    await actions.propose_email(occasion(citizen), WORK, code=CODE)
    await actions.propose_email(occasion(citizen), WORK, code=CODE, kind=OTHER_EMAIL)
    tried = await asyncio.gather(
        *(actions.confirm_email(occasion(citizen), CODE, kind=kind) for kind in (KeptKind.EMAIL, OTHER_EMAIL) * 3)
    )
    assert sorted(tried) == sorted([Trial.CONFIRMED] * 2 + [Trial.NONE] * 4)
    assert await readable_addresses(citizen) == [WORK]


async def test_five_addresses_are_the_most(citizen):
    await give_email(citizen, HOME)
    for number in range(rules.MOST_EMAILS - 1):
        await adds(citizen, f"{number}@example.org", NOW + number * rules.CODES_PER)
    with pytest.raises(actions.TooManyEmails):
        await adds(citizen, "one.more@example.org", NOW + timedelta(days=1))
    assert len(await readable_addresses(citizen)) == rules.MOST_EMAILS
    # Another main address is none more.
    await give_email(citizen, THIRD, NOW + timedelta(days=1))
    assert len(await readable_addresses(citizen)) == rules.MOST_EMAILS


@pytest.mark.security
async def test_sixth_address_is_not_proposed_while_another_tab_confirms_the_fifth(citizen, past_walls):
    later = await all_but_one(citizen)
    await actions.propose_email(later, WORK, code=CODE, kind=OTHER_EMAIL)
    async with pool.as_citizen(citizen) as conn:
        await emails.lock(conn, citizen)
        proposing = asyncio.create_task(actions.propose_email(later, THIRD, code=CODE, kind=OTHER_EMAIL))
        await until(lambda: proposing.done() or a_lock_is_waited_for(past_walls))
        await emails.keep(conn, later, WORK, OTHER_EMAIL)
    with pytest.raises(actions.TooManyEmails):
        await proposing
    assert len(await readable_addresses(citizen)) == rules.MOST_EMAILS


@pytest.mark.security
async def test_code_for_a_sixth_address_keeps_none_and_takes_no_attempt(citizen, past_walls):
    later = await all_but_one(citizen)
    await actions.propose_email(later, WORK, code=CODE, kind=OTHER_EMAIL)
    async with pool.as_citizen(citizen) as conn:  # as a portal of the release before lets another tab do
        await emails.keep(conn, later, THIRD, OTHER_EMAIL)
    with pytest.raises(actions.TooManyEmails):
        await actions.confirm_email(later, CODE, kind=OTHER_EMAIL)
    assert len(await readable_addresses(citizen)) == rules.MOST_EMAILS
    assert past_walls.execute("select attempts_left from profile_proposal").fetchall() == [(rules.ATTEMPTS,)]


async def test_another_main_address_keeps_both_with_their_ids_and_both_are_told(citizen, mails):
    await give_email(citizen, HOME)
    await adds(citizen, WORK, NOW + timedelta(minutes=1))
    before = {email.address: email.id for email in await reads.verified_emails_of(citizen)}
    await mails()
    assert await emails.make_main(occasion(citizen), before[WORK]) is True
    after = await reads.verified_emails_of(citizen)
    assert [(email.address, email.is_main) for email in after] == [(WORK, True), (HOME, False)]
    assert {email.address: email.id for email in after} == before
    profile = await queries.profile_of(citizen)
    assert (profile.email.since, profile.other_emails[0].since) == (NOW + timedelta(minutes=1), NOW)
    assert await mails() == [(WORK, "main"), (HOME, "main")]
    assert await emails.make_main(occasion(citizen), before[WORK]) is False
    assert (await entries_of(citizen))[0].name == "choose the main address of own profile"


async def test_replaced_main_address_keeps_its_id_and_a_new_one_has_another(citizen):
    await give_email(citizen, HOME)
    first = await id_of(citizen, HOME)
    await give_email(citizen, WORK)
    assert await id_of(citizen, WORK) == first
    await emails.remove_main(occasion(citizen))
    await give_email(citizen, WORK)
    assert await id_of(citizen, WORK) != first


async def test_removed_address_gets_a_last_mail_and_the_main_one_is_told(citizen, mails):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    await mails()
    email_id = await id_of(citizen, WORK)
    assert await emails.remove_other(occasion(citizen), email_id) is True
    assert await mails() == [(WORK, "AddressChanged"), (HOME, "removed")]
    assert await emails.remove_other(occasion(citizen), email_id) is False
    assert (await readable_addresses(citizen), await mails()) == ([HOME], [])


async def test_main_address_goes_only_when_it_was_said_which_takes_its_place(citizen, mails):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    await mails()
    for successor in (None, uuid4(), await id_of(citizen, HOME)):
        assert await emails.remove_main(occasion(citizen), successor) is False
    assert (await readable_addresses(citizen), await mails()) == ([HOME, WORK], [])
    work = await id_of(citizen, WORK)
    assert await emails.remove_main(occasion(citizen), work) is True
    assert await reads.verified_emails_of(citizen) == [VerifiedEmail(work, WORK, True)]
    assert await mails() == [(WORK, "main"), (HOME, "AddressChanged")]


@pytest.mark.security
async def test_addresses_of_somebody_else_are_neither_chosen_nor_removed(citizen):
    other = await somebody()
    for one in (citizen, other):
        await give_email(one, f"{one}@example.org")
        await adds(one, f"more-{one}@example.org")
    theirs = await id_of(other, f"more-{other}@example.org")
    assert await emails.make_main(occasion(citizen), theirs) is False
    assert await emails.remove_other(occasion(citizen), theirs) is False
    assert await emails.remove_main(occasion(citizen), theirs) is False
    for one in (citizen, other):
        assert await readable_addresses(one) == [f"{one}@example.org", f"more-{one}@example.org"]
    async with pool.as_citizen(other) as conn:
        taken = await conn.execute("delete from profile_email where citizen_id = %s", (citizen,))
    assert taken.rowcount == 0


@pytest.mark.security
async def test_addresses_moved_to_another_row_do_not_open(citizen, past_walls):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    past_walls.execute("update profile_email set sealed = (select sealed from profile_kept where kind = 'email')")
    assert await readable_addresses(citizen) == [HOME]
    past_walls.execute("update profile_email set id = %s", (uuid4(),))
    assert await readable_addresses(citizen) == [HOME]


@pytest.mark.security
async def test_worker_reads_the_addresses_of_the_citizen_it_acts_for_and_changes_none(citizen, as_worker):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    email_id = await id_of(citizen, WORK)
    async with as_worker():
        assert await readable_addresses(citizen) == [HOME, WORK]
        assert await reads.verified_emails_of(uuid4()) == []
        async with pool.connection() as conn:
            assert await (await conn.execute("select count(id) from profile_email")).fetchone() == (0,)
        for change in (emails.make_main, emails.remove_other):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await change(occasion(citizen), email_id)


async def test_addresses_are_exported_and_forgotten(citizen, rows):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    assert [(each.kind, each.value, each.consent) for each in await queries.export(citizen)] == [
        ("email", HOME, "e-mail-1"),
        ("other_email", WORK, "e-mail-1"),
    ]
    async with pool.as_citizen(citizen) as conn:
        await actions.forget(conn, citizen)
    assert rows().keys() == {"profile_code_sent", "mail_outbox"}


async def test_address_that_cannot_be_read_is_no_main_one_and_goes_away(citizen, past_walls):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    email_id = await id_of(citizen, WORK)
    past_walls.execute("update profile_email set sealed = ''")
    assert await emails.make_main(occasion(citizen), email_id) is False
    profile = await queries.profile_of(citizen)
    assert [other.address for other in profile.other_emails] == [None]
    assert await emails.remove_other(occasion(citizen), email_id) is True
    await adds(citizen, WORK)
    past_walls.execute("update profile_kept set sealed = ''")
    assert await emails.make_main(occasion(citizen), await id_of(citizen, WORK)) is True
    assert await readable_addresses(citizen) == [WORK]


async def test_whoever_lost_their_keys_takes_all_addresses_away(citizen, rows):
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    await citizens.erase(citizen)
    assert await readable_addresses(citizen) == []
    (other,) = (await queries.profile_of(citizen)).other_emails
    assert other.address is None
    assert await emails.remove_main(occasion(citizen)) is True
    assert await emails.remove_other(occasion(citizen), other.id) is True
    assert "profile_email" not in rows()


@pytest.mark.parametrize("what", ["added", "removed", "main"])
def test_mail_about_the_addresses_names_none_of_them(what):
    words = composing.body_paragraphs(MailMessage(HOME, "Zonnetje", AddressesChanged(NOW, what)))
    assert words[0] == "Dag Zonnetje,"
    assert "@" not in "".join(words)
    assert words[1].startswith(("Op 3 maart 2026", "Sinds 3 maart 2026"))


def test_kind_of_mail_of_before_is_read_as_it_was():
    """A mail that the release before left in the outbox still goes out."""
    read = kinds.message_of(
        b'{"to":"a@b.be","nickname":"","content":{"type":"address_changed","at":"2026-03-03T13:03:00Z"}}'
    )
    assert read.content == AddressChanged(NOW)


@pytest.mark.security
async def test_nothing_of_the_addresses_is_printed_or_kept_in_the_clear(citizen, past_walls):
    await give_nickname(citizen, "Zonnetje")
    await give_email(citizen, HOME)
    await adds(citizen, WORK)
    printed = repr([*await reads.verified_emails_of(citizen), *(await queries.profile_of(citizen)).other_emails])
    stored = [
        str(row)
        for table in ("profile_kept", "profile_email", "profile_proposal", "mail_outbox", "procrastinate_jobs")
        for row in past_walls.execute(sql.SQL("select * from {}").format(sql.Identifier(table)))
    ]
    assert [text for text in (printed, *stored) if "example" in text.lower()] == []
