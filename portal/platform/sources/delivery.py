"""Deliver to a body what a citizen wrote: a report of an error, or a request about a right.

It goes by POST over mutual TLS with a token, at least once, under one idempotency key. The gate of the body's address
decides first, as for questions: a source that is switched off or failing is not called. The content is unsealed last,
once the gate is passed and a token is there, so that it is never unsealed (and journalled) in vain.
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
# Statuses about us or about the moment, and not about the content: rights, timeouts, too many requests, a path that
# is missing now.
NOT_FOR_GOOD = frozenset((401, 403, 404, 408, 425, 429))

End = Literal["taken", "refused", "unconfirmed", "unreached", "not_tried"]


class DeliveryContent(Unprinted, frozen=True):
    """What is delivered, as JSON, and the reference that its receipt must repeat. Never printed."""

    body: bytes
    reference: str


class DeliveryAttempt(msgspec.Struct, frozen=True):
    """How one attempt ended. detail: for the log, never personal.

    taken: the body gave a receipt. refused: the body got it and will not take it. unconfirmed: it may have been sent
    and may have arrived: no answer or no receipt came, or a status that says nothing about the content. unreached: no
    connection could be made, so nothing was sent. not_tried: the body was not called, and the content not unsealed.
    """

    end: End
    detail: str = ""


class _DeliveryReceipt(msgspec.Struct):
    kenmerk: str


_receipt = msgspec.json.Decoder(_DeliveryReceipt).decode


async def deliver(
    agency: Agency, to: Endpoint, open_content: Callable[[], Awaitable[DeliveryContent]], *, key: UUID
) -> DeliveryAttempt:
    """Make one attempt; failures upstream come back as values.

    open_content: unseals the content. It is called once at most, as soon as the content can be sent; its errors pass
    through. key: the Idempotency-Key, the same at each attempt. The receipt must repeat the content's reference; a
    body that has it already may give one with 409. Nothing else counts as taken.
    """
    # The gate counts people beside calls. Whom this is about is still sealed, so each delivery votes as a person.
    voter = gatekeeper.voter_of(str(key))
    with gatekeeper.passage_through(to.source, [agency], voter, SECONDS) as passage:
        if passage.bar is not None:
            return DeliveryAttempt("not_tried", passage.bar.reason)
        token = await rest_token.for_scope(to.scope, time.monotonic())
        if isinstance(token, Down):
            # A failure of the authorization server, which says nothing about the body.
            return DeliveryAttempt("not_tried", token.detail or token.reason)
        content = await open_content()
        passage.restart_clock()
        called = rest.RestCall(to.path, to.scope, TAKEN, {"Idempotency-Key": f'"{key}"'})
        try:
            async with asyncio.timeout(SECONDS):
                # The key is also the id of the call in both logs, the same at every attempt.
                answer = await rest.call(called, content.body, token, lambda: str(key))
        except TimeoutError:
            # Time spent waiting for a free connection or for a token is not held against the body.
            answer = passage.overdue(Down("connection", "no answer in time"))
        passage.vote([answer if isinstance(answer, Down) else None])
    return _judge(answer, content.reference)


def _judge(answer: HttpAnswer | Down, reference: str) -> DeliveryAttempt:
    if isinstance(answer, Down):
        return DeliveryAttempt(_end_of(answer), answer.detail or answer.reason)
    try:
        reference_in_receipt = json_text.decode_with(_receipt, answer.data).kenmerk
    except json_text.FAILURES:
        return DeliveryAttempt("unconfirmed", f"HTTP {answer.status} without a receipt")
    if reference_in_receipt != reference:
        return DeliveryAttempt("unconfirmed", f"HTTP {answer.status} with another's receipt")
    return DeliveryAttempt("taken", f"HTTP {answer.status}")


def _end_of(down: Down) -> End:
    # `mutual_tls` writes a status as "HTTP 404"; the detail of a token's failure begins with "token: ".
    status = int(down.detail[5:]) if down.detail.startswith("HTTP ") else 0
    if 400 <= status < 500 and status not in NOT_FOR_GOOD:
        return "refused"
    return "unreached" if down.is_unsent else "unconfirmed"
