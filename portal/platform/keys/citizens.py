"""A citizen's own keys: made when something of theirs is first kept, unwrapped when it is opened, erased for good.

Each citizen has a data key, a key for mail (which the worker may unwrap too), and an X25519 pair.
"""

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
# The row lock makes this wait for a transaction that erases, and the reverse.
IS_ERASED = "select erased_at is not null from keys_erasure where citizen_id = %s for share"
EXPIRE = """
delete from keys_erasure where erased_at < %(now)s::timestamptz - interval '13 hours'
    or erased_at is null and begun_at < %(now)s::timestamptz - interval '7 days'
"""
REWRAP = "update keys_citizen set data_key = %s, mail_key = %s, private_key = %s where citizen_id = %s"


async def ensure(citizen_id: UUID) -> None:
    """Make the citizen's keys when they have none yet. Call it before something of theirs is first kept.

    Raise KeysGone for a citizen whose erasure is not closed yet, and who did not sign in since: a request that was
    under way keeps nothing.
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
    """Return the box that seals and opens a citizen's own data; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "data_key")
    return Box(
        await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"data"), citizen_id.bytes
    )


async def data_box_if_any(citizen_id: UUID) -> Box | None:
    """Return the box of `data_box`; None when the citizen has no keys, or their keys do not open."""
    try:
        return await data_box(citizen_id)
    except (KeysGone, CannotOpen):
        return None


async def mail_box(citizen_id: UUID) -> Box:
    """Return the box for what mail to a citizen needs, which the worker opens; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "mail_key")
    return Box(await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail"), citizen_id.bytes)


async def errand_box(citizen_id: UUID, purpose: bytes) -> Box:
    """Return the box for an errand (work that the worker does for a citizen); KeysGone when they have no keys.

    Its key is derived for one purpose from the mail key, which the worker can unwrap: it opens nothing of another
    purpose.
    """
    return await errand_box_of(citizen_id, await _column(citizen_id, "mail_key"), purpose)


async def errand_box_of(citizen_id: UUID, wrapped: str, purpose: bytes) -> Box:
    """Return the box of `errand_box`. wrapped: the citizen's wrapped mail key. Raise CannotOpen or KeyFileBehind."""
    key = await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail")
    derived = HKDF(SHA256(), 32, salt=None, info=b"errand\0" + purpose).derive(key)
    return Box(derived, citizen_id.bytes)


async def letterbox(citizen_id: UUID) -> Letterbox:
    """Return the letterbox that seals what arrives for a citizen. Raise as `public_key` does."""
    return Letterbox(await public_key(citizen_id), citizen_id.bytes)


async def public_key(citizen_id: UUID) -> bytes:
    """Return the public half of a citizen's pair, 32 bytes; KeysGone when they have no keys.

    CannotOpen when it is not the one that was made for them: otherwise the owner of the table could replace it by a
    key of their own, and read all that arrives.
    """
    kept = await _column(citizen_id, "public_key")
    public: bytes = kept[:PUBLIC_BYTES]
    if not hmac.compare_digest(kept, await _mark(citizen_id, public)):
        raise CannotOpen("A public key.")
    return public


async def letterbox_key(citizen_id: UUID) -> LetterboxKey:
    """Return the key that opens a citizen's letterbox; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "private_key")
    private = await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"private")
    return LetterboxKey(private, citizen_id.bytes)


async def with_keys_after(last: UUID, most: int) -> list[UUID]:
    """List at most `most` citizens who have keys, by id, from after `last` on. For the worker."""
    return [citizen_id for (citizen_id,) in await pool.repeatable(AFTER, (last, most), alias=pool.KEYS)]


async def erase(citizen_id: UUID) -> bool:
    """Delete a citizen's keys and journal subject: nothing sealed with the keys opens again.

    Tells whether there were keys. Only `journal.erasing` calls it: their entries must be erased first.
    """
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        (were_there,) = await (await conn.execute(ERASE, (citizen_id,))).fetchone() or (False,)
        return bool(were_there)


async def begin_erasing(citizen_id: UUID) -> None:
    """Note that a citizen is about to be erased, so that the worker may finish it."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(BEGIN_ERASING, (citizen_id,))


async def drop_erasing(citizen_id: UUID) -> None:
    """Withdraw that a citizen is about to be erased, when nothing was erased."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(DROP_BEGUN, (citizen_id,))


async def erase_begun(citizen_id: UUID) -> None:
    """Erase as `erase` does a citizen whom the portal began to erase. For the worker, which may erase nobody else."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(ERASE_BEGUN, (citizen_id,))


async def erasing_mark(citizen_id: UUID) -> bytes | None:
    """Return the mark by which `erase_again` recognises a citizen's keys; None when they have none.

    The mark is a hash of the public key: once the keys are gone, nobody can tell whose they were.
    """
    try:
        return sha256(await _column(citizen_id, "public_key")).digest()
    except KeysGone:
        return None


async def erase_again(marks: Sequence[bytes]) -> int:
    """Erase the keys with these marks, which a back-up brought back; returns of how many citizens. For the worker."""
    rows = await pool.repeatable(ERASE_AGAIN, (list(marks),), alias=pool.KEYS)
    return int(rows[0][0])


async def come_back(citizen_id: UUID) -> None:
    """Let a citizen whose erasure is closed, or who signs in after it, have keys and a journal subject again."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(COME_BACK, (citizen_id,))


async def expire(now: datetime) -> int:
    """Delete the notes of erasures, once no session from before them can still be there; returns how many.

    For the worker. It finds those that the portal did not close, as after a main database was put back.
    """
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
