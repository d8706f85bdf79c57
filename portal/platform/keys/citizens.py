"""A citizen's own keys: made when something of theirs is first kept, unwrapped when it is opened, erased for good."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import sql

from portal.platform.database import pool

from . import pseudonym, service
from .boxes import Box, Letterbox, LetterboxKey
from .errors import CannotOpen, KeysGone

PUBLIC_BYTES = 32  # X25519

CREATE = """
insert into keys_citizen (citizen_id, data_key, mail_key, private_key, public_key)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
ERASE = "select keys_erase(%s)"
AFTER = "select citizen_id from keys_citizen where citizen_id > %s order by citizen_id limit %s"
ERASE_BEGUN = "select keys_erase_begun(%s)"
ERASE_AGAIN = "select keys_erase_again(%s)"
BEGIN_ERASING = """
insert into keys_erasure (citizen_id) values (%s) on conflict (citizen_id) do update set begun_at = excluded.begun_at
"""
DROP_BEGUN = "delete from keys_erasure where citizen_id = %s and erased_at is null"
COME_BACK = "delete from keys_erasure where citizen_id = %s"
# It waits for who erases, and whoever erases waits for it.
IS_ERASED = "select erased_at is not null from keys_erasure where citizen_id = %s for share"
EXPIRE = """
delete from keys_erasure where erased_at < %(now)s::timestamptz - interval '13 hours'
    or erased_at is null and begun_at < %(now)s::timestamptz - interval '7 days'
"""
REWRAP = "update keys_citizen set data_key = %s, mail_key = %s, private_key = %s where citizen_id = %s"


async def ensure(citizen_id: UUID) -> None:
    """Make the citizen's keys when they have none yet. Call it before something of theirs is first kept.

    Raise KeysGone for who was erased and did not sign in since: a page that was open then keeps nothing.
    """
    keys, context = service.installed(), citizen_id.bytes
    pair = X25519PrivateKey.generate()
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        if await (await conn.execute("select 1 from keys_citizen where citizen_id = %s", (citizen_id,))).fetchone():
            return
        erased = await (await conn.execute(IS_ERASED, (citizen_id,))).fetchone()
        if erased is not None and erased[0]:
            raise KeysGone
        row = (
            citizen_id,
            await keys.wrap(service.CITIZEN, secrets.token_bytes(32), context + b"data"),
            await keys.wrap(service.MAIL, secrets.token_bytes(32), context + b"mail"),
            await keys.wrap(service.CITIZEN, pair.private_bytes_raw(), context + b"private"),
            await _mark(citizen_id, pair.public_key().public_bytes_raw()),
        )
        await conn.execute(CREATE, row)


async def data_box(citizen_id: UUID) -> Box:
    """Return what seals and opens a citizen's own data; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "data_key")
    return Box(
        await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"data"), citizen_id.bytes
    )


async def data_box_if_any(citizen_id: UUID) -> Box | None:
    """Return the same; None where nothing opens any more what is kept of a citizen, or nothing ever was."""
    try:
        return await data_box(citizen_id)
    except (KeysGone, CannotOpen):
        return None


async def mail_box(citizen_id: UUID) -> Box:
    """Return what seals and opens what mail to a citizen needs; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "mail_key")
    return Box(await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail"), citizen_id.bytes)


async def errand_box(citizen_id: UUID, purpose: bytes) -> Box:
    """Return what seals an errand that the worker does for a citizen, and opens it there; KeysGone without keys.

    It is of one purpose: made of the key for mail, which the worker can unwrap, and opens nothing but its own.
    """
    return await errand_box_of(citizen_id, await _column(citizen_id, "mail_key"), purpose)


async def errand_box_of(citizen_id: UUID, wrapped: str, purpose: bytes) -> Box:
    """Return the same, of a citizen's wrapped key for mail. Raise CannotOpen or KeyFileBehind."""
    key = await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail")
    derived = HKDF(SHA256(), 32, salt=None, info=b"errand\0" + purpose).derive(key)
    return Box(derived, citizen_id.bytes)


async def letterbox(citizen_id: UUID) -> Letterbox:
    """Return what takes in what arrives while a citizen is away. Raise as `public_key` does."""
    return Letterbox(await public_key(citizen_id), citizen_id.bytes)


async def public_key(citizen_id: UUID) -> bytes:
    """Return the public half of a citizen's pair; KeysGone when they have no keys.

    CannotOpen when it is not the one that was made for them: otherwise the owner of the table could replace it by one
    of their own, and read all that arrives.
    """
    kept = await _column(citizen_id, "public_key")
    public: bytes = kept[:PUBLIC_BYTES]
    if not hmac.compare_digest(kept, await _mark(citizen_id, public)):
        raise CannotOpen("A public key.")
    return public


async def letterbox_key(citizen_id: UUID) -> LetterboxKey:
    """Return what opens a citizen's letterbox; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "private_key")
    private = await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"private")
    return LetterboxKey(private, citizen_id.bytes)


async def with_keys_after(last: UUID, most: int) -> list[UUID]:
    """List who has keys, in order from behind `last` on. For the worker."""
    return [citizen_id for (citizen_id,) in await pool.repeatable(AFTER, (last, most), alias=pool.KEYS)]


async def erase(citizen_id: UUID) -> bool:
    """Take a citizen's keys away, and the journal's name of them: nothing sealed with them opens again.

    Tells whether there were keys. Only `journal.erasing` calls it: what the journal has goes first.
    """
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        (were_there,) = await (await conn.execute(ERASE, (citizen_id,))).fetchone() or (False,)
        return bool(were_there)


async def begin_erasing(citizen_id: UUID) -> None:
    """Say that a citizen is about to be erased, so that the worker may finish it."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(BEGIN_ERASING, (citizen_id,))


async def drop_erasing(citizen_id: UUID) -> None:
    """Take back that a citizen is about to be erased, where nothing was."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(DROP_BEGUN, (citizen_id,))


async def erase_begun(citizen_id: UUID) -> None:
    """Erase as `erase` does, what the portal began. For the worker, who may erase nobody else."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(ERASE_BEGUN, (citizen_id,))


async def erasing_mark(citizen_id: UUID) -> bytes | None:
    """Return by what `erase_again` knows a citizen's keys: a hash that says nothing of whose they are; None for none.

    Once the keys are gone nobody can tell any more whose they were.
    """
    try:
        return sha256(await _column(citizen_id, "public_key")).digest()
    except KeysGone:
        return None


async def erase_again(marks: Sequence[bytes]) -> int:
    """Erase what a back-up brought back of keys that were erased; returns of how many citizens. For the worker."""
    rows = await pool.repeatable(ERASE_AGAIN, (list(marks),), alias=pool.KEYS)
    return int(rows[0][0])


async def come_back(citizen_id: UUID) -> None:
    """Let a citizen who signs in have keys and a name in the journal again, also after they were erased."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(COME_BACK, (citizen_id,))


async def expire(now: datetime) -> int:
    """Forget who was erased, once no session of before can be there any more; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, {"now": now}, alias=pool.KEYS)


async def rewrap(citizen_id: UUID) -> bool:
    """Wrap a citizen's keys under the newest master keys; tells whether anything changed."""
    keys, context = service.installed(), citizen_id.bytes
    select = "select data_key, mail_key, private_key from keys_citizen where citizen_id = %s for update"
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        row = await (await conn.execute(select, (citizen_id,))).fetchone()
        if row is None:
            return False
        new = (
            await keys.rewrap(service.CITIZEN, row[0], context + b"data"),
            await keys.rewrap(service.MAIL, row[1], context + b"mail"),
            await keys.rewrap(service.CITIZEN, row[2], context + b"private"),
        )
        if new == tuple(row):
            return False
        await conn.execute(REWRAP, (*new, citizen_id))
        return True


async def _mark(citizen_id: UUID, public: bytes) -> bytes:
    """Append to a public key the MAC that proves that we made it for this citizen: 64 bytes."""
    return public + await pseudonym.mark(citizen_id, b"public key", public)


async def _column(citizen_id: UUID, column: str) -> Any:
    query = sql.SQL("select {} from keys_citizen where citizen_id = %s").format(sql.Identifier(column))
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        row = await (await conn.execute(query, (citizen_id,))).fetchone()
    if row is None:
        raise KeysGone
    return row[0]
