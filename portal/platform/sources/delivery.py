"""Deliver to a body what a citizen has for it: POST over mutual TLS with a token, at least once, under one key.

The gate of the body's address decides first, as for questions: a source that is switched off or failing is not
called. The letter is opened last, once the gate is passed and a token is there, so that it is never opened (and
journalled) in vain.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal
from uuid import UUID

import msgspec

from portal.platform.kit.unprinted import Unprinted
from portal.platform.wire.calls import HttpAnswer

from .catalogue import Agency
from .gates import gatekeeper
from .reading import json_text
from .reading.outcomes import Down
from .sections import Endpoint
from .transports import rest, rest_token

SECONDS = 10.0  # for one try; no page waits for it
TAKEN = (200, 201, 202, 409)
# Statuses about us or about the moment, not about the letter: rights, timeouts, too many requests, a path that is
# missing now.
NOT_FOR_GOOD = frozenset((401, 403, 404, 408, 425, 429))

End = Literal["taken", "refused", "unconfirmed", "unreached", "not_tried"]


class DeliveryContent(Unprinted, frozen=True):
    """What is delivered, and the reference that its receipt must repeat. Never printed."""

    body: bytes
    reference: str


class DeliveryAttempt(msgspec.Struct, frozen=True):
    """How one try ended. detail: for the log, never personal.

    taken: with its receipt. refused: the body has it, and will not take it. unconfirmed: it was sent, and may have
    come. unreached: there was no connection to send it over. not_tried: nobody asked the body or opened the letter.
    """

    end: End
    detail: str = ""


class _DeliveryReceipt(msgspec.Struct):
    kenmerk: str


async def deliver(
    agency: Agency, to: Endpoint, open_letter: Callable[[], Awaitable[DeliveryContent]], *, key: UUID
) -> DeliveryAttempt:
    """Try once; whatever happens upstream comes back as a value, only cancellation passes through.

    open_letter: called once it can be sent; what it raises passes through too.
    key: the Idempotency-Key, the same at each try. The receipt must repeat the letter's reference; a body that has it
    already may say so with 409. Nothing else counts as taken.
    """
    voter = gatekeeper.voter_of(str(key))
    with gatekeeper.passage_through(to.source, [agency], voter, SECONDS) as passage:
        if passage.bar is not None:
            return DeliveryAttempt("not_tried", passage.bar.reason)
        token = await rest_token.for_scope(to.scope, time.monotonic())
        if isinstance(token, Down):
            # A failure of the authorization server, which says nothing about the body.
            return DeliveryAttempt("not_tried", token.detail or token.reason)
        letter = await open_letter()
        passage.restart_clock()
        called = rest.RestCall(to.path, to.scope, TAKEN, {"Idempotency-Key": f'"{key}"'})
        try:
            async with asyncio.timeout(SECONDS):
                came = await rest.call(called, letter.body, token, lambda: str(key))
        except TimeoutError:
            came = passage.overdue(Down("connection", "no answer in time"))
        passage.vote([came if isinstance(came, Down) else None])
    return _judge(came, letter.reference)


def _judge(came: HttpAnswer | Down, reference: str) -> DeliveryAttempt:
    if isinstance(came, Down):
        return DeliveryAttempt(_end_of(came), came.detail or came.reason)
    try:
        said = msgspec.json.decode(came.data, type=_DeliveryReceipt).kenmerk
    except json_text.FAILURES:
        return DeliveryAttempt("unconfirmed", f"HTTP {came.status} without a receipt")
    if said != reference:
        return DeliveryAttempt("unconfirmed", f"HTTP {came.status} with another's receipt")
    return DeliveryAttempt("taken", f"HTTP {came.status}")


def _end_of(down: Down) -> End:
    status = int(down.detail[5:]) if down.detail.startswith("HTTP ") else 0
    if 400 <= status < 500 and status not in NOT_FOR_GOOD:
        return "refused"
    return "unreached" if down.is_unsent else "unconfirmed"
