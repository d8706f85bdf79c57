"""Deliver to a body what a citizen has for it: POST over mutual TLS with a token, at least once, under one key.

The gate of the body's address decides first, as for questions: one that is switched off or failing is left alone.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec
from django.conf import settings

from . import gatekeeper
from .catalogue import Entry
from .manifest import Correction
from .reading.outcomes import Down
from .transports import rest_token, wire

SECONDS = 10.0  # for one try; nobody waits for it on a page
SLOW = 0.5  # share of it after which it counts as slow
TAKEN = (200, 201, 202, 409)
# About us or the moment, rather than about what is delivered: rights, time, too many, a path that is not there now.
NOT_FOR_GOOD = frozenset((401, 403, 404, 408, 425, 429))


class Delivered(msgspec.Struct, frozen=True):
    """How one try ended. `refused`: for good. detail: for the log, never personal."""

    end: Literal["taken", "later", "refused"]
    detail: str = ""


class _Receipt(msgspec.Struct):
    kenmerk: str


async def deliver(entry: Entry, to: Correction, body: bytes, *, key: UUID, reference: str) -> Delivered:
    """Try once; whatever happens upstream comes back as a value, only cancellation passes through.

    key: the Idempotency-Key, the same at each try. reference: what the receipt must repeat; a body that has it
    already may say so with 409. Nothing else counts as taken.
    """
    bar = gatekeeper.barred(to.source, [entry], datetime.now(UTC))
    if bar is not None:
        return Delivered("later", bar.reason)
    gate = gatekeeper.gate_of(to.source)
    started = time.monotonic()
    call = gate.enters(started)
    if call is None:
        return Delivered("later", gatekeeper.closed(gate).reason)
    try:
        came = await _bounded(to, body, key)
    except BaseException:
        gate.abandon()
        raise
    now = time.monotonic()
    gate.leaves(
        call,
        now,
        gatekeeper.voter_of(str(key)),
        has_failed=isinstance(came, Down) and gatekeeper.is_trouble(came),
        is_slow=now - started > SLOW * SECONDS,
    )
    return _judged(came, reference)


async def _bounded(to: Correction, body: bytes, key: UUID) -> wire.Came | Down:
    try:
        async with asyncio.timeout(SECONDS):
            token = await rest_token.for_scope(to.scope, time.monotonic())
            if isinstance(token, Down):
                return token
            came = await _post(to, body, key, token)
            if came != wire.refused(401) or not rest_token.forget(to.scope, token, time.monotonic()):
                return came
            token = await rest_token.for_scope(to.scope, time.monotonic())
            return token if isinstance(token, Down) else await _post(to, body, key, token)
    except TimeoutError:
        return Down("connection", "no answer in time")


async def _post(to: Correction, body: bytes, key: UUID, token: str) -> wire.Came | Down:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, application/problem+json",
        "Idempotency-Key": f'"{key}"',
        "x-correlation-id": str(key),
        "X-Magda-Sender-ID": settings.MAGDA_SENDER,
    }
    return await wire.post(
        f"{settings.REST_URL}{to.path}", body, headers, expected=TAKEN, is_lenient=settings.REST_CA_LENIENT
    )


def _judged(came: wire.Came | Down, reference: str) -> Delivered:
    if isinstance(came, Down):
        status = int(came.detail[5:]) if came.detail.startswith("HTTP ") else 0
        is_final = 400 <= status < 500 and status not in NOT_FOR_GOOD
        return Delivered("refused" if is_final else "later", came.detail or came.reason)
    try:
        said = msgspec.json.decode(came.data, type=_Receipt).kenmerk
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Delivered("later", f"HTTP {came.status} without a receipt")
    if said != reference:
        return Delivered("later", f"HTTP {came.status} with another's receipt")
    return Delivered("taken", f"HTTP {came.status}")
