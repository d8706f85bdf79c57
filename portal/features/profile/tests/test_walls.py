"""Nobody sees another's profile, and nobody at all sees it in the clear."""

from uuid import UUID

import psycopg
import pytest

from portal.features.profile import actions, queries
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind, PostalAddress
from portal.platform.database import pool

from .conftest import NOW, TABLES, occasion, picture, somebody

pytestmark = pytest.mark.security

CODE = "314159"
HOME = PostalAddress("CANARY-Thuis", "CANARY-straat", "12", "", "9000", "CANARY-Gent")
CANARIES = (b"CANARY", b"canary", CODE.encode(), b"JFIF")


async def fill(citizen_id: UUID, name: str = "Canary") -> UUID:
    """Give everything there is to give; returns the id of the saved address."""
    await actions.propose_nickname(occasion(citizen_id), f"{name} CANARY")
    proposed = await reads.proposal_of(citizen_id, KeptKind.NICKNAME, now=NOW)
    await actions.confirm_nickname(occasion(citizen_id), proposed.id)
    await actions.propose_email(occasion(citizen_id), f"{name}@canary.example", code=CODE)
    await actions.confirm_email(occasion(citizen_id), CODE)
    await actions.keep_photo(occasion(citizen_id), picture())
    return await actions.save_address(occasion(citizen_id), HOME)


async def test_query_without_a_filter_finds_nobody_elses_rows(citizen):
    """A query that somebody wrote wrong finds nothing, in the role of the portal."""
    await fill(citizen)
    other = await somebody()
    seen = {}
    for table in ("profile_kept", "profile_address", "profile_proposal"):
        async with pool.as_citizen(other) as conn:
            theirs = (await (await conn.execute(f"select count(*) from {table}")).fetchone())[0]
        async with pool.connection() as conn:
            nobodys = (await (await conn.execute(f"select count(*) from {table}")).fetchone())[0]
        seen[table] = (theirs, nobodys)
    assert seen == {"profile_kept": (0, 0), "profile_address": (0, 0), "profile_proposal": (0, 0)}


async def test_wrong_statement_changes_nobody_elses_rows(citizen):
    await fill(citizen)
    other = await somebody()
    async with pool.as_citizen(other) as conn:
        changed = [
            (await conn.execute("update profile_kept set consent = 'x'")).rowcount,
            (await conn.execute("update profile_address set consent = 'x'")).rowcount,
            (await conn.execute("delete from profile_kept")).rowcount,
            (await conn.execute("delete from profile_address")).rowcount,
        ]
    assert changed == [0, 0, 0, 0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(other) as conn:
            await conn.execute(actions.KEEP, (citizen, "photo", b"", "", NOW))


async def test_citizen_of_a_transaction_does_not_stay_with_its_connection(citizen):
    await fill(citizen)
    for _ in range(8):  # more often than the pool has connections
        assert len(await reads.addresses_of(citizen)) == 1
        async with pool.connection() as conn:
            row = await (
                await conn.execute("select count(*), current_setting('app.citizen', true) from profile_kept")
            ).fetchone()
        assert (row[0], row[1] or "") == (0, "")


async def test_ids_of_somebody_else_open_nothing(citizen):
    address_id = await fill(citizen)
    other = await somebody()
    await fill(other, "Other")
    assert await reads.address_of(other, address_id) is None
    assert await actions.change_address(occasion(other), address_id, HOME) is False
    assert await actions.remove_address(occasion(other), address_id) is False
    assert (await reads.address_of(citizen, address_id)).address == HOME
    await actions.propose_nickname(occasion(citizen), "Nieuw")
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW)
    assert await actions.confirm_nickname(occasion(other), proposed.id) is False
    assert await reads.nickname_of(other) == "Other CANARY"


async def test_database_holds_nothing_that_can_be_read(citizen, past_walls):
    await actions.propose_nickname(occasion(citizen), "CANARY")
    await fill(citizen)
    await actions.propose_nickname(occasion(citizen), "CANARY")
    await actions.propose_email(occasion(citizen), "second@canary.example", code=CODE)
    for table in (*TABLES, "procrastinate_jobs", "journal_entry", "journal_activity"):
        for row in past_walls.execute(f"select * from {table}"):
            written = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
            assert [canary for canary in CANARIES if canary in written] == [], table


async def test_value_moved_to_another_row_does_not_open(citizen, past_walls):
    await fill(citizen)
    other = await somebody()
    await fill(other, "Other")
    past_walls.execute(
        "update profile_kept as one set sealed = two.sealed from profile_kept as two"
        " where one.citizen_id = %s and two.citizen_id = %s and one.kind = two.kind",
        (citizen, other),
    )
    profile = await queries.profile_of(citizen)
    assert (profile.nickname.value, profile.email.value, profile.photo.value) == (None, None, None)
    past_walls.execute("update profile_kept set kind = 'x_' || kind where false")
    past_walls.execute(
        "update profile_kept as one set sealed = two.sealed from profile_kept as two"
        " where one.citizen_id = %s and two.citizen_id = %s and one.kind = 'nickname' and two.kind = 'email'",
        (other, other),
    )
    assert await reads.nickname_of(other) is None


async def test_worker_sees_what_mail_needs_of_the_citizen_it_acts_for(citizen, as_worker):
    await fill(citizen)
    other = await somebody()
    async with as_worker():
        assert await reads.email_of(citizen) == "Canary@canary.example"
        assert await reads.nickname_of(citizen) == "Canary CANARY"
        assert await reads.email_of(other) is None
        async with pool.as_citizen(citizen) as conn:
            kinds = await (await conn.execute("select kind from profile_kept order by kind")).fetchall()
        assert kinds == [("email",), ("nickname",)]
        async with pool.connection() as conn:
            assert (await (await conn.execute("select count(*) from profile_kept")).fetchone())[0] == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await reads.addresses_of(citizen)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.remove(occasion(citizen), KeptKind.NICKNAME)


async def test_nothing_of_the_profile_is_printed(citizen):
    await fill(citizen)
    proposed = await reads.proposal_of(citizen, KeptKind.EMAIL, now=NOW)
    printed = repr((await queries.profile_of(citizen), proposed, HOME))
    exported = repr(await queries.export(citizen))
    assert [text for text in (printed, exported) if "canary" in text.lower()] == []
