"""What earlier releases left in databases, and statements of their processes, recorded since their code is gone.

Migrations are never edited, so a database is made as a release made it by migrating up to what that release had.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.platform.database import pool
from portal.platform.keys import pseudonym, service
from portal.platform.keys.service import KeyService


@dataclass(frozen=True)
class Release:
    """A release, by the last migrations that it had: alias of the owner -> app -> number."""

    name: str
    migrations: dict[str, dict[str, str]]


RELEASES = (
    # As it was before a list of tasks, a mark on anchors and a function that erases.
    Release(
        "before a mark on anchors",
        {
            "owner": {"corrections": "0001", "mail": "0003", "jobs": "0002", "journal": "0002"},
            "keys_owner": {"journal": "0002", "keys": "0001"},
        },
    ),
    # The last one whose journal names citizens by their pseudonym.
    Release(
        "before a name in the journal",
        {
            "owner": {
                "access": "0006", "corrections": "0003", "mail": "0004", "jobs": "0003", "journal": "0004",
                "profile": "0002", "sources": "0003",
            },
            "keys_owner": {"journal": "0004", "keys": "0002"},
        },
    ),
)  # fmt: skip

ENTRY = """
id, timestamptz_send(recorded_at), trace_id, operation_id, parent_operation_id, name, actor_kind, actor,
uuid_send(citizen_id), start_ms, array_send(activities), end_ms, status, array_send(outcomes)
"""
READ = f"select {ENTRY} from journal_entry order by id"
BATCH = """
insert into journal_batch (number, previous, sealed_at, entry_ids, hashes, up_to, hash, mac)
values (1, %s, %s, %s, %s, %s, %s, %s)
"""
KEYS = """
insert into keys_citizen (citizen_id, data_key, mail_key, private_key, public_key)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
AS_SENT = "select timestamptz_send(%s::timestamptz), array_send(%s::bigint[])"


async def seal(conn: psycopg.AsyncConnection[Any], keys: KeyService, now: Any) -> tuple[int, bytes, bytes]:
    """Make the first link as a worker of those releases did, over all entries; returns its number, hash and MAC.

    conn: as the worker.
    """
    encode = msgspec.msgpack.encode
    rows = await (await conn.execute(READ.encode(), binary=True)).fetchall()
    ids = [row[0] for row in rows]
    hashes = b"".join(hashlib.sha256(encode(("journal entry 1", *row))).digest() for row in rows)
    sent = await (await conn.execute(AS_SENT, (now, ids), binary=True)).fetchone() or ()
    columns = (1, bytes(32), *sent, hashes, max(ids), None, None)
    own = hashlib.sha256(encode(("journal batch 1", *columns))).digest()
    mac = await keys.mac(service.JOURNAL, own)
    await conn.execute(BATCH, (bytes(32), now, ids, hashes, max(ids), own, mac))
    return 1, own, mac


async def make_keys(citizen_id: UUID) -> None:
    """Make a citizen's keys as those releases did, which kept no list of who was erased."""
    keys, context, pair = service.installed(), citizen_id.bytes, X25519PrivateKey.generate()
    public = pair.public_key().public_bytes_raw()
    row = (
        citizen_id,
        await keys.wrap(service.CITIZEN, secrets.token_bytes(32), context + b"data"),
        await keys.wrap(service.MAIL, secrets.token_bytes(32), context + b"mail"),
        await keys.wrap(service.CITIZEN, pair.private_bytes_raw(), context + b"private"),
        public + await pseudonym.mark(citizen_id, b"public key", public),
    )
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        await conn.execute(KEYS, row)
