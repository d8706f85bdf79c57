"""A citizen's keys: what opens for whom, and what erasing them does."""

import shutil
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from portal.platform.database import pool
from portal.platform.keys import citizens, key_file, pseudonym
from portal.platform.keys.errors import CannotOpen, KeysGone

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]


@pytest.fixture
async def citizen() -> UUID:
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


async def test_pseudonym_is_the_same_for_ever_and_of_one_number() -> None:
    one = await pseudonym.citizen_id("84651421235")
    assert one == await pseudonym.citizen_id("84651421235")
    assert one != await pseudonym.citizen_id("71690999827")


async def test_what_is_sealed_opens_for_the_same_citizen_and_place_only(citizen: UUID) -> None:
    box = await citizens.data_box(citizen)
    sealed = box.seal(b"Lies", b"nickname")
    assert (await citizens.data_box(citizen)).open(sealed, b"nickname") == b"Lies"
    other = uuid4()
    await citizens.ensure(other)
    for box, place in (
        (await citizens.data_box(citizen), b"email"),
        (await citizens.data_box(other), b"nickname"),
        (await citizens.mail_box(citizen), b"nickname"),
    ):
        with pytest.raises(CannotOpen):
            box.open(sealed, place)


@pytest.mark.parametrize("cut", [0, 1, 11, 12, 27, 31])
async def test_cut_or_changed_value_does_not_open(citizen: UUID, cut: int) -> None:
    box = await citizens.data_box(citizen)
    sealed = box.seal(b"Lies", b"nickname")
    with pytest.raises(CannotOpen):
        box.open(sealed[:cut], b"nickname")
    changed = bytearray(sealed)
    changed[cut] ^= 1
    with pytest.raises(CannotOpen):
        box.open(bytes(changed), b"nickname")


async def test_errand_opens_for_its_own_purpose_and_citizen_only(citizen: UUID) -> None:
    sealed = (await citizens.errand_box(citizen, b"corrections")).seal(b"Lies", b"row")
    assert (await citizens.errand_box(citizen, b"corrections")).open(sealed, b"row") == b"Lies"
    other = uuid4()
    await citizens.ensure(other)
    for box in (
        await citizens.errand_box(citizen, b"mailbox"),
        await citizens.errand_box(other, b"corrections"),
        await citizens.mail_box(citizen),
        await citizens.data_box(citizen),
    ):
        with pytest.raises(CannotOpen):
            box.open(sealed, b"row")


async def test_letterbox_opens_with_the_private_key_only(citizen: UUID) -> None:
    dropped = (await citizens.letterbox(citizen)).seal(b"your status changed", b"status\x001")
    key = await citizens.letterbox_key(citizen)
    assert key.open(dropped, b"status\x001") == b"your status changed"
    with pytest.raises(CannotOpen):
        key.open(dropped, b"status\x002")
    with pytest.raises(CannotOpen):
        key.open(dropped[:20], b"status\x001")


async def test_public_key_that_somebody_put_there_is_refused(citizen: UUID, past_key_walls):
    theirs = X25519PrivateKey.generate().public_key().public_bytes_raw()
    for put in (theirs, theirs + bytes(32), b""):
        past_key_walls.execute("update keys_citizen set public_key = %s where citizen_id = %s", (put, citizen))
        with pytest.raises(CannotOpen):
            await citizens.letterbox(citizen)


async def test_ensure_keeps_the_keys_that_are_there(citizen: UUID) -> None:
    sealed = (await citizens.data_box(citizen)).seal(b"x", b"y")
    await citizens.ensure(citizen)
    assert (await citizens.data_box(citizen)).open(sealed, b"y") == b"x"


async def test_erased_keys_never_come_back(citizen: UUID) -> None:
    sealed = (await citizens.data_box(citizen)).seal(b"x", b"y")
    assert await citizens.erase(citizen) is True
    assert await citizens.erase(citizen) is False
    with pytest.raises(KeysGone):
        await citizens.data_box(citizen)
    # Nor are there others before they sign in again.
    with pytest.raises(KeysGone):
        await citizens.ensure(citizen)
    await citizens.come_back(citizen)
    await citizens.ensure(citizen)
    with pytest.raises(CannotOpen):
        (await citizens.data_box(citizen)).open(sealed, b"y")


async def test_key_row_moved_to_another_citizen_does_not_open(citizen: UUID) -> None:
    thief = uuid4()
    async with pool.as_citizen(citizen, pool.KEYS) as conn:
        columns = "data_key, mail_key, private_key, public_key"
        row = await (await conn.execute(f"select {columns} from keys_citizen")).fetchone()
    async with pool.as_citizen(thief, pool.KEYS) as conn:
        values = "insert into keys_citizen (citizen_id, data_key, mail_key, private_key, public_key)"
        await conn.execute(f"{values} values (%s, %s, %s, %s, %s)", (thief, *row))
    with pytest.raises(CannotOpen):
        await citizens.data_box(thief)


async def test_keys_wrapped_anew_still_open(citizen: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = (await citizens.data_box(citizen)).seal(b"x", b"y")
    rotated = tmp_path / "portal.json"
    shutil.copy(settings.KEYS_FILE, rotated)
    key_file.rotate((rotated,), "citizen")
    monkeypatch.setattr(settings, "KEYS_FILE", str(rotated))
    assert await citizens.rewrap(citizen) is True
    assert await citizens.rewrap(citizen) is False
    assert (await citizens.data_box(citizen)).open(sealed, b"y") == b"x"
    assert await citizens.rewrap(uuid4()) is False


async def test_query_without_a_filter_finds_the_citizens_own_row_only(citizen: UUID) -> None:
    other = uuid4()
    await citizens.ensure(other)
    async with pool.as_citizen(citizen, pool.KEYS) as conn:
        assert await (await conn.execute("select citizen_id from keys_citizen")).fetchall() == [(citizen,)]
    async with pool.connection(pool.KEYS) as conn:
        assert await (await conn.execute("select citizen_id from keys_citizen")).fetchall() == []


async def test_worker_reads_what_mail_needs_and_the_owner_reads_nothing(citizen: UUID) -> None:
    with psycopg.connect(settings.KEYS_DATABASE_URL_WORKER, autocommit=True) as worker:
        found = worker.execute(
            "select count(mail_key) from keys_citizen where citizen_id = %s", (citizen,)
        ).fetchone()
        assert found == (1,)
        for column in ("data_key", "private_key"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(f"select {column} from keys_citizen")
    with psycopg.connect(settings.KEYS_DATABASE_URL_OWNER, autocommit=True) as owner:
        assert owner.execute("select count(*) from keys_citizen").fetchone() == (0,)
