"""The floor of taking in notices: decode, seal, write in batches, answer. Uses no code of ours.

    python -m benchmarks.bare_push PORT     reads one line of JSON

The line holds `database` (its URL) and `publics`: public keys by national number, in hexadecimal, under "" the key
for all other people. No token is checked. Notices that come while a batch is written make the next batch, of at most
32; each batch is written by the portal's own database function, with the same columns.
"""

import asyncio
import hashlib
import hmac
import json
import os
import sys
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
import psycopg
import uvicorn
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

MOST = 32  # notices of a batch, as the portal's (`notifications.receiving`)
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
KEEP = timedelta(days=730)
RECEIVE = """
select place, taken from notifications_receive(
    %s::bytea[], %s::bytea[], %s::timestamptz[], %s::integer[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::timestamptz[], %s::timestamptz[], %s::boolean[], %s::boolean[], %s::bytea[], %s::text[], %s
)
"""


class Recipient(msgspec.Struct):
    """Whom a bundle is for."""

    Identificatie: str


class KeyValue(msgspec.Struct):
    """A key with its value."""

    Sleutel: str
    Waarde: str


class Bundle(msgspec.Struct):
    """What is read of a bundle."""

    Id: str
    Bestemmelingen: list[Recipient]
    Categorie: str
    DatumNotificatie: datetime
    TransactieId: str
    ProductId: str
    SleutelWaardeParen: list[KeyValue]


class NoticeRow(NamedTuple):
    """A notice as it is written into the database."""

    mark: bytes
    content: bytes
    id: UUID
    citizen: UUID
    thread: UUID
    changed: datetime
    is_waiting: bool
    sealed: bytes
    service: str


class Application:
    """The ASGI application, on one connection to the database."""

    def __init__(self, database: str, publics: dict[str, str]) -> None:
        self._database = database
        self._publics = {
            insz: X25519PublicKey.from_public_bytes(bytes.fromhex(public)) for insz, public in publics.items()
        }
        self._key, self._cipher = os.urandom(32), AESGCM(os.urandom(32))
        self._waiting: deque[tuple[NoticeRow, asyncio.Future[None]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection | None = None
        self._decode = msgspec.json.Decoder(Bundle).decode

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        content, more = b"", True
        while more:
            message = await receive()
            content += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["method"] == "POST":
            written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((self._row(content), written))
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write_all())
            await written
        headers = [(b"content-type", b"application/json"), (b"content-length", b"21")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"Status":"Aanvaard"}'})

    def _row(self, content: bytes) -> NoticeRow:
        bundle = self._decode(content)
        insz, notice_id = bundle.Bestemmelingen[0].Identificatie, uuid4()
        citizen = UUID(bytes=self._mac(insz.encode())[:16])
        kept = msgspec.json.encode(
            {
                "category": bundle.Categorie,
                "product": bundle.ProductId,
                "reference": bundle.Id,
                "transaction": bundle.TransactieId,
                **{pair.Sleutel: pair.Waarde for pair in bundle.SleutelWaardeParen},
            }
        )
        public = self._publics.get(insz) or self._publics[""]
        nonce = os.urandom(12)
        return NoticeRow(
            self._mac(bundle.Id.encode()),
            hashlib.sha256(content).digest(),
            notice_id,
            citizen,
            UUID(bytes=self._mac(citizen.bytes + bundle.TransactieId.encode())[:16]),
            bundle.DatumNotificatie,
            insz not in self._publics,
            SUITE.encrypt(kept, public, citizen.bytes + notice_id.bytes),
            (nonce + self._cipher.encrypt(nonce, bundle.ProductId.encode(), notice_id.bytes)).hex(),
        )

    def _mac(self, message: bytes) -> bytes:
        return hmac.digest(self._key, message, hashlib.sha256)

    async def _write_all(self) -> None:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._database, autocommit=True)
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            rows, now = [row for row, _ in batch], datetime.now(UTC)
            many = len(rows)
            values = (
                [row.mark for row in rows],
                [row.content for row in rows],
                [now + KEEP] * many,
                list(range(1, many + 1)),
                [row.id for row in rows],
                [row.citizen for row in rows],
                [row.thread for row in rows],
                ["bare"] * many,
                [row.changed for row in rows],
                [now + KEEP] * many,
                [False] * many,
                [row.is_waiting for row in rows],
                [row.sealed for row in rows],
                [row.service for row in rows],
                now,
            )
            cursor = await self._connection.execute(RECEIVE, values, prepare=True)
            await cursor.fetchall()
            for _, written in batch:
                written.set_result(None)


if __name__ == "__main__":
    setup = json.loads(sys.stdin.readline())
    uvicorn.run(
        Application(setup["database"], setup["publics"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_level="warning",
    )
