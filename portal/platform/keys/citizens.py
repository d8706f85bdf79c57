"""A citizen's own keys: made when something of theirs is first kept, unwrapped when it is opened, erased for good."""

import hmac
import secrets
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
REWRAP = "update keys_citizen set data_key = %s, mail_key = %s, private_key = %s where citizen_id = %s"


async def ensure(citizen_id: UUID) -> None:
    """Make the citizen's keys when they have none yet. Call it before something of theirs is first kept."""
    keys, context = service.installed(), citizen_id.bytes
    pair = X25519PrivateKey.generate()
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        if await (await conn.execute("select 1 from keys_citizen where citizen_id = %s", (citizen_id,))).fetchone():
            return
        row = (
            citizen_id,
            await keys.wrap(service.CITIZEN, secrets.token_bytes(32), context + b"data"),
            await keys.wrap(service.MAIL, secrets.token_bytes(32), context + b"mail"),
            await keys.wrap(service.CITIZEN, pair.private_bytes_raw(), context + b"private"),
            await _marked(citizen_id, pair.public_key().public_bytes_raw()),
        )
        await conn.execute(CREATE, row)


async def data_box(citizen_id: UUID) -> Box:
    """Return what seals and opens a citizen's own data; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "data_key")
    return Box(
        await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"data"), citizen_id.bytes
    )


async def mail_box(citizen_id: UUID) -> Box:
    """Return what seals and opens what mail to a citizen needs; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "mail_key")
    return Box(await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail"), citizen_id.bytes)


async def errand_box(citizen_id: UUID, purpose: bytes) -> Box:
    """Return what seals an errand that the worker does for a citizen, and opens it there; KeysGone without keys.

    It is of one purpose: made of the key for mail, which the worker can unwrap, and opens nothing but its own.
    """
    wrapped = await _column(citizen_id, "mail_key")
    key = await service.installed().unwrap(service.MAIL, wrapped, citizen_id.bytes + b"mail")
    derived = HKDF(SHA256(), 32, salt=None, info=b"errand\0" + purpose).derive(key)
    return Box(derived, citizen_id.bytes)


async def letterbox(citizen_id: UUID) -> Letterbox:
    """Return what takes in what arrives while a citizen is away; KeysGone when they have no keys.

    CannotOpen when the public key is not the one that was made for them: otherwise the owner of the table could
    replace it by a key of their own, and read all that arrives.
    """
    kept = await _column(citizen_id, "public_key")
    public = kept[:PUBLIC_BYTES]
    if not hmac.compare_digest(kept, await _marked(citizen_id, public)):
        raise CannotOpen("A public key.")
    return Letterbox(public, citizen_id.bytes)


async def letterbox_key(citizen_id: UUID) -> LetterboxKey:
    """Return what opens a citizen's letterbox; KeysGone when they have no keys."""
    wrapped = await _column(citizen_id, "private_key")
    private = await service.installed().unwrap(service.CITIZEN, wrapped, citizen_id.bytes + b"private")
    return LetterboxKey(private, citizen_id.bytes)


async def erase(citizen_id: UUID) -> bool:
    """Take a citizen's keys away, and the journal's name of them: nothing sealed with them opens again.

    Tells whether there were keys. Only `journal.erasing` calls it: what the journal has goes first.
    """
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        (were_there,) = await (await conn.execute(ERASE, (citizen_id,))).fetchone() or (False,)
        return bool(were_there)


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


async def _marked(citizen_id: UUID, public: bytes) -> bytes:
    """Append to a public key the MAC that proves that we made it for this citizen: 64 bytes."""
    return public + await pseudonym.mark(citizen_id, b"public key", public)


async def _column(citizen_id: UUID, column: str) -> Any:
    query = sql.SQL("select {} from keys_citizen where citizen_id = %s").format(sql.Identifier(column))
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        row = await (await conn.execute(query, (citizen_id,))).fetchone()
    if row is None:
        raise KeysGone
    return row[0]
