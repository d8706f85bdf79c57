"""Read a public list of a body, which is the same for everybody: GET over mutual TLS.

The gate of the list's source decides first, as for questions. Nothing is journalled: neither the question nor the
answer is about a citizen, and the question does not show for whom it is asked.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.conf import settings

from portal.platform.wire.calls import HttpAnswer

from . import unread
from .catalogue import Agency
from .gates import gatekeeper
from .reading.outcomes import Down, Late
from .sections import PublicList
from .transports import mutual_tls

ANSWERED = (200,)


async def page_of(
    agency: Agency, listed: PublicList, query: Mapping[str, int], *, seconds: float
) -> bytes | Down | Late:
    """Read one page of a list, as text in UTF-8; failures upstream come back as values.

    query: parameters of the address. seconds: its deadline.
    """
    return await page_at(agency, listed.source, f"{settings.REST_URL}{listed.path}", query, seconds=seconds)


async def page_at(
    agency: Agency,
    source: str,
    address: str,
    query: Mapping[str, int],
    *,
    seconds: float,
    is_counted: bool = True,
) -> bytes | Down | Late:
    """Read one page at an address of any source, as `page_of` does.

    agency: whose announced maintenance counts. source: the name of the gate and of the switch. is_counted: whether it
    votes on how the source is doing; off for many pages of a list that citizens can do without.
    """
    # Each reading is a voter of its own: a process reads a list now and then, for all citizens.
    voter = gatekeeper.voter_of(uuid.uuid4().hex) if is_counted else None
    with gatekeeper.passage_through(source, [agency], voter, seconds) as passage:
        if passage.bar is not None:
            return passage.bar
        headers = {
            "Accept": "application/hal+json, application/json",
            "x-correlation-id": str(uuid.uuid4()),
            "X-Magda-Sender-ID": settings.MAGDA_SENDER,
        }
        whole = f"{address}?{urlencode(query)}" if query else address
        answer: HttpAnswer | Down | Late
        try:
            async with asyncio.timeout(seconds):
                answer = await mutual_tls.get(whole, headers, expected=ANSWERED, is_lenient=settings.REST_CA_LENIENT)
        except TimeoutError:
            answer = passage.overdue(Late())
        passage.vote([None if isinstance(answer, HttpAnswer) else answer])
    return answer.data if isinstance(answer, HttpAnswer) else answer


def count_unusable(agency: Agency, listed: str, reasons: Sequence[str]) -> None:
    """Count for operators that a list, or items of it, could not be used.

    listed: the list's id within the body. reasons: in words of ours, nothing of the answer.
    """
    unread.count(f"{agency.id}.{listed}", reasons)
