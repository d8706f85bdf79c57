"""A main database put back from a back-up does not bring back who was erased: their keys were never in it."""

import pytest

from portal.features.profile import actions, queries
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind
from portal.platform.database import pool
from portal.platform.keys import citizens

from .conftest import NOW, occasion, somebody

pytestmark = pytest.mark.security


async def nickname_of(citizen):
    await actions.propose_nickname(occasion(citizen), "Zonnetje")
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=NOW)
    await actions.confirm_nickname(occasion(citizen), proposed.id)


async def test_what_was_sealed_for_an_erased_citizen_stays_closed_in_a_restored_back_up(back_up):
    erased, kept = await somebody(), await somebody()
    for citizen in (erased, kept):
        await nickname_of(citizen)
    restored = await back_up()
    # Gone from the live database, and the keys with it; the back-up still has the rows.
    async with pool.as_citizen(erased) as conn:
        await actions.forget(conn, erased)
    await citizens.erase(erased)
    async with restored():
        rows = [(await queries.profile_of(citizen)).nickname for citizen in (erased, kept)]
        assert [row.value for row in rows if row is not None] == [None, "Zonnetje"]
        # Nor do new keys open it, should they come back as a new citizen.
        await citizens.come_back(erased)
        await citizens.ensure(erased)
        assert await reads.nickname_of(erased) is None
