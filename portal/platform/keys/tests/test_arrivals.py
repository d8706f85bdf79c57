"""What arrives for citizens opens for them only, whether they had keys or not, and nobody gets keys by it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from portal.platform.database import pool
from portal.platform.keys import arrivals, citizens, key_file, pseudonym
from portal.platform.keys.arrivals import Arrival
from portal.platform.keys.errors import CannotOpen, KeysGone

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

BOUND = b"table\0row"


@pytest_asyncio.fixture
async def rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], None]]:
    """Give a function that gives the key for arrivals a new version; other tests go on with the file from before."""

    def rotate() -> None:
        rotated = tmp_path / "portal.json"
        shutil.copy(settings.KEYS_FILE, rotated)
        key_file.rotate((rotated,), "arrival")
        patched.setattr(settings, "KEYS_FILE", str(rotated))

    with monkeypatch.context() as patched:
        yield rotate
        async with pool.transaction(pool.KEYS) as conn:
            rows = await (await conn.execute(arrivals.EVERY)).fetchall()
        opened = [(pair, await arrivals._private(pair, wrapped)) for pair, wrapped in rows]
    for pair, private in opened:
        async with pool.transaction(pool.KEYS) as conn:
            wrapped = await arrivals.service.installed().wrap("arrival", private, arrivals._context(pair))
            await conn.execute(arrivals.REWRAP, (wrapped, pair))


async def _open(citizen_id: UUID, content: bytes, bound: bytes = BOUND) -> bytes:
    return (await arrivals.opener(citizen_id, [content])).open(content, bound)


async def test_what_arrives_opens_for_who_has_keys_and_for_who_has_none():
    here, absent = uuid4(), uuid4()
    await citizens.ensure(here)
    sealed = await arrivals.seal_all([Arrival(one, b"Lies", BOUND) for one in (here, absent, here)])
    assert [one.is_waiting for one in sealed] == [False, True, False]
    assert [len(one.content) - len(b"Lies") for one in sealed] == [49, 65, 49]
    owners = (here, absent, here)
    assert [await _open(who, one.content) for who, one in zip(owners, sealed, strict=True)] == [b"Lies"] * 3
    with pytest.raises(KeysGone):
        await citizens.data_box(absent)


async def test_others_have_the_loop_while_very_many_are_sealed():
    here, longest, in_a_row = uuid4(), 0, 0
    await citizens.ensure(here)
    mark, is_over = pseudonym.mark, False

    async def counted(*parts: Any) -> bytes:
        nonlocal longest, in_a_row
        in_a_row += 1
        longest = max(longest, in_a_row)
        return await mark(*parts)

    async def others() -> None:
        nonlocal in_a_row
        while not is_over:
            in_a_row = 0
            await asyncio.sleep(0)

    with pytest.MonkeyPatch.context() as watch:
        watch.setattr(pseudonym, "mark", counted)
        at_work = asyncio.create_task(others())
        sealed = await arrivals.seal_all([Arrival(here, b"%d" % n, BOUND) for n in range(4 * arrivals.IN_A_ROW)])
        is_over = True
        await at_work
    assert longest == arrivals.IN_A_ROW
    assert [await _open(here, each.content) for each in (sealed[0], sealed[-1])] == [b"0", b"199"]


async def test_it_opens_for_nobody_else_and_at_no_other_place():
    here, absent, other = uuid4(), uuid4(), uuid4()
    for one in (here, other):
        await citizens.ensure(one)
    for owner in (here, absent):
        content = (await arrivals.seal(owner, b"Lies", BOUND)).content
        for who, changed, bound in (
            (other, content, BOUND),
            (uuid4(), content, BOUND),
            (owner, content, b"table\0other"),
            (owner, content[:-1] + bytes([content[-1] ^ 1]), BOUND),
            (owner, content[:9], BOUND),
            (owner, b"", BOUND),
            (owner, b"\x03" + content[1:], BOUND),
            (owner, content[:1] + uuid4().bytes + content[17:], BOUND),
        ):
            with pytest.raises(CannotOpen):
                await _open(who, changed, bound)


async def test_what_waited_is_sealed_anew_to_its_citizen():
    citizen = uuid4()
    waiting = await arrivals.seal(citizen, b"Lies", BOUND)
    await citizens.ensure(citizen)
    again = await arrivals.seal(citizen, await _open(citizen, waiting.content), BOUND)
    assert again.is_waiting is False
    await citizens.erase(citizen)
    with pytest.raises(CannotOpen):
        await _open(citizen, again.content)


async def test_key_that_does_not_open_leaves_what_others_open(past_key_walls: psycopg.Connection):
    citizen = uuid4()
    waiting = []
    for _ in range(2):
        await arrivals._make_pair()
        waiting.append((await arrivals.seal(citizen, b"Lies", BOUND)).content)
    await citizens.ensure(citizen)
    own = (await arrivals.seal(citizen, b"Lies", BOUND)).content
    damaged, pair = waiting
    damage = "update keys_arrival set private_key = 'v1:x' where id = %s"
    past_key_walls.execute(damage, (UUID(bytes=damaged[1:17]),))
    try:
        opener = await arrivals.opener(citizen, [damaged, pair, own])
        assert [opener.open(each, BOUND) for each in (pair, own)] == [b"Lies"] * 2
        with pytest.raises(CannotOpen):
            opener.open(damaged, BOUND)
    finally:
        past_key_walls.execute("delete from keys_arrival where id = %s", (UUID(bytes=damaged[1:17]),))
    past_key_walls.execute("update keys_citizen set private_key = 'v1:x' where citizen_id = %s", (citizen,))
    opener = await arrivals.opener(citizen, [pair, own])
    assert opener.open(pair, BOUND) == b"Lies"
    with pytest.raises(CannotOpen):
        opener.open(own, BOUND)


async def test_public_half_that_somebody_put_there_is_refused(past_key_walls: psycopg.Connection):
    citizen = uuid4()
    await citizens.ensure(citizen)
    theirs = X25519PrivateKey.generate().public_key().public_bytes_raw()
    put = "update keys_citizen set public_key = %s where citizen_id = %s"
    past_key_walls.execute(put, (theirs + bytes(32), citizen))
    with pytest.raises(CannotOpen):
        await arrivals.seal(citizen, b"Lies", BOUND)
    forged = uuid4()
    pair = "insert into keys_arrival (id, private_key, public_key) values (%s, 'v1:', %s)"
    past_key_walls.execute(pair, (forged, theirs + bytes(32)))
    try:
        with pytest.raises(CannotOpen):
            await arrivals.seal(uuid4(), b"Lies", BOUND)
    finally:
        past_key_walls.execute("delete from keys_arrival where id = %s", (forged,))


async def test_finding_letterboxes_leaves_nobody_bound():
    citizen, bound = uuid4(), uuid4()
    await citizens.ensure(citizen)
    setting = "select current_setting('app.citizen', true)"
    for begun, left in ((pool.transaction(pool.KEYS), ("",)), (pool.as_citizen(bound, pool.KEYS), (bound.hex,))):
        async with begun as conn:
            rows = await (await conn.execute(arrivals.FIND, ([citizen, uuid4()],))).fetchall()
            assert {row[0] for row in rows} == {citizen, None}
            assert (await (await conn.execute(setting)).fetchone() or ("",))[0] in (None, *left)
            seen = await (await conn.execute("select count(*) from keys_citizen")).fetchone()
            assert seen == (0,)


async def test_new_master_key_brings_a_new_pair_and_the_old_ones_still_open(rotates: Callable[[], None]):
    citizen = uuid4()
    before = (await arrivals.seal(citizen, b"Lies", BOUND)).content
    rotates()
    assert (await arrivals.rewrap()).done > 0
    assert await arrivals.rewrap() == (0, 0)
    after = (await arrivals.seal(citizen, b"Lies", BOUND)).content
    assert [await _open(citizen, each) for each in (before, after)] == [b"Lies"] * 2
    assert before[1:17] != after[1:17]


async def test_rewrapping_that_died_makes_the_new_pair_when_it_is_done_again(
    rotates: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    """It was made last: where it was not, no later run found anything to do, and the old pair stayed in use."""
    citizen = uuid4()
    before = (await arrivals.seal(citizen, b"Lies", BOUND)).content
    rotates()

    async def dies() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "_make_pair", dies)
        with pytest.raises(KeyboardInterrupt):
            await arrivals.rewrap()
    await arrivals.rewrap()
    assert before[1:17] != (await arrivals.seal(citizen, b"Lies", BOUND)).content[1:17]
