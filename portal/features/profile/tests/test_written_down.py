"""What the journal says of the profile, and what goes out of the outbox with it."""

import psycopg
import pytest

from portal.features.profile import actions, emails, queries
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind
from portal.platform.journal.types import Actor, ActorKind
from portal.platform.keys import citizens
from tests.journal_entries import entries_of

from .conftest import CODE, HOME, NOW, fill, give_email, give_nickname, occasion

pytestmark = pytest.mark.security


async def journal(citizen):
    found = await entries_of(citizen)
    return [(access.name, [use.activity.name for use in access.uses]) for access in reversed(found)]


async def test_what_is_given_shown_and_taken_back_stands_in_the_journal(citizen):
    await give_nickname(citizen, "Zonnetje")
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    await queries.look_at_profile(occasion(citizen))
    await queries.look_at_photo(occasion(citizen))
    key = await actions.save_address(occasion(citizen), HOME)
    await actions.remove_address(occasion(citizen), key)
    await actions.remove_address(occasion(citizen), key)
    await actions.remove(occasion(citizen), KeptKind.NICKNAME)
    assert await journal(citizen) == [
        ("propose for own profile", ["burgerprofiel.nickname"]),
        ("give to own profile", ["burgerprofiel.nickname"]),
        ("propose for own profile", ["burgerprofiel.email"]),
        ("mail a code", ["burgerprofiel.nickname"]),
        ("look at own profile", ["burgerprofiel.nickname"]),
        ("give to own profile", ["burgerprofiel.address"]),
        ("remove from own profile", ["burgerprofiel.address"]),
        ("remove from own profile", ["burgerprofiel.nickname"]),
    ]


async def test_changed_address_and_refused_codes_stand_in_the_journal(citizen, past_walls):
    await give_email(citizen, "old@example.org")
    await actions.propose_email(occasion(citizen), "new@example.org", code=CODE)
    for guess in range(7):
        await actions.confirm_email(occasion(citizen), f"{guess:06}")
    await queries.look_at_proposal(occasion(citizen), KeptKind.EMAIL)
    for _ in range(2):
        await actions.withdraw_proposal(occasion(citizen), KeptKind.EMAIL)
    await queries.look_at_proposal(occasion(citizen), KeptKind.EMAIL)
    await emails.remove_main(occasion(citizen))
    email = ["burgerprofiel.email"]
    assert await journal(citizen) == [
        ("propose for own profile", email),
        ("give to own profile", email),
        ("propose for own profile", email),
        ("five wrong codes", email),
        ("look at own profile", email),
        ("withdraw what was proposed", email),
        ("tell of a changed address", email),
        ("remove from own profile", email),
    ]
    told = next(one for one in await entries_of(citizen) if one.name == "tell of a changed address")
    assert (told.actor, told.uses[0].activity.purpose) == (
        Actor(ActorKind.SYSTEM, "portal"),
        "Wij verwittigen u wanneer uw e-mailadres wijzigt.",
    )


@pytest.mark.parametrize(
    ("kinds", "noted"),
    [
        (queries.EVERYTHING, ["nickname", "photo", "email", "address"]),
        ([KeptKind.PHOTO], ["photo"]),
        ([KeptKind.EMAIL], ["email"]),
        (["address"], ["address"]),
    ],
)
async def test_journal_names_what_a_page_shows_and_nothing_else(citizen, kinds, noted):
    await fill(citizen)
    profile = await queries.look_at_profile(occasion(citizen), kinds)
    read = {"nickname": profile.nickname, "photo": profile.photo, "email": profile.email}
    shown = [kind for kind, kept in read.items() if kept is not None] + ["address"] * bool(profile.addresses)
    newest = (await entries_of(citizen))[0]
    assert (shown, [use.activity.dataset for use in newest.uses]) == (noted, noted)


async def test_journal_says_what_could_not_be_read(citizen):
    await fill(citizen)
    await citizens.erase(citizen)
    await citizens.come_back(citizen)
    await queries.look_at_profile(occasion(citizen))
    assert [use.result for use in (await entries_of(citizen))[0].uses] == ["down"] * 4


async def test_what_cannot_be_journalled_is_neither_shown_nor_done(citizen, past_walls, rows):
    await fill(citizen)
    before = rows()
    past_walls.execute("revoke insert (trace_id) on journal_entry from portal")
    try:
        for attempt in (
            queries.look_at_profile(occasion(citizen)),
            queries.look_at_proposal(occasion(citizen), KeptKind.NICKNAME),
            queries.look_at_photo(occasion(citizen)),
            actions.propose_nickname(occasion(citizen), "Anders"),
            actions.propose_email(occasion(citizen), "new@example.org", code=CODE),
            actions.withdraw_proposal(occasion(citizen), KeptKind.NICKNAME),
            emails.remove_main(occasion(citizen)),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await attempt
    finally:
        past_walls.execute("grant insert (trace_id) on journal_entry to portal")
    assert rows() == before


@pytest.mark.parametrize("way", ["withdrawn", "removed", "proposed anew", "confirmed"])
async def test_mail_with_a_code_goes_with_its_proposal(citizen, past_walls, way):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    (mail_id,) = past_walls.execute("select mail_id from profile_proposal").fetchone()
    if way == "withdrawn":
        await actions.withdraw_proposal(occasion(citizen), KeptKind.EMAIL)
    elif way == "removed":
        await emails.remove_main(occasion(citizen))
    elif way == "proposed anew":
        await actions.propose_email(occasion(citizen), "lies@example.org", code="271828")
    else:
        await actions.confirm_email(occasion(citizen), CODE)
    waiting = [row[0] for row in past_walls.execute("select id from mail_outbox").fetchall()]
    now_proposed = [row[0] for row in past_walls.execute("select mail_id from profile_proposal").fetchall()]
    assert (mail_id in waiting, waiting) == (False, now_proposed)


async def test_nickname_that_is_removed_greets_in_no_mail_that_waits(citizen, past_walls):
    await give_nickname(citizen, "Zonnetje")
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    greeting = "select greeting from mail_outbox"
    ((first,),) = past_walls.execute(greeting).fetchall()
    await give_nickname(citizen, "Regenboog")
    ((second,),) = past_walls.execute(greeting).fetchall()
    assert None not in (first, second)
    assert first != second
    await actions.remove(occasion(citizen), KeptKind.NICKNAME)
    assert past_walls.execute(greeting).fetchall() == [(None,)]


@pytest.mark.parametrize(("status", "state"), [("todo", "waiting"), ("failed", "given_up"), (None, "sent")])
async def test_mail_that_was_given_up_is_not_said_to_be_sent(citizen, past_walls, status, state):
    await actions.propose_email(occasion(citizen), "lies@example.org", code=CODE)
    proposed = await reads.proposal_of(citizen, KeptKind.EMAIL, now=NOW)
    past_walls.execute("set session_replication_role = replica")
    if status is None:
        past_walls.execute("delete from procrastinate_jobs")
    else:
        past_walls.execute("update procrastinate_jobs set status = %s", (status,))
    assert await queries.mail_state(citizen, proposed.mail_id) == state
