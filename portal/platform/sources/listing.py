"""Read a list that a body serves to everybody alike: GET over mutual TLS, about nobody.

The gate of the list's source decides first, as for questions. Nothing of it is written in the journal: no citizen is
named in what is asked or answered, and nobody's asking can be told from another's.
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
    """Read one page, as UTF-8; whatever happens upstream comes back as a value, only cancellation passes through.

    query: what follows the path. seconds: how long it may take.
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

    agency: whose announced maintenance counts. source: the name of the gate and of the switch. is_counted: it has a
    vote on how the source is doing; without, where many pages of what citizens can do without are read.
    """
    # A vote of its own each time: processes read a list now and then, for all citizens.
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
        came: HttpAnswer | Down | Late
        try:
            async with asyncio.timeout(seconds):
                came = await mutual_tls.get(whole, headers, expected=ANSWERED, is_lenient=settings.REST_CA_LENIENT)
        except TimeoutError:
            came = passage.overdue(Late())
        passage.vote([None if isinstance(came, HttpAnswer) else came])
    return came.data if isinstance(came, HttpAnswer) else came


def count_unusable(agency: Agency, listed: str, reasons: Sequence[str]) -> None:
    """Count for operators that a list, or items of it, could not be used.

    listed: the list's name within the body. reasons: in words of ours, nothing of the answer.
    """
    unread.count(f"{agency.id}.{listed}", reasons)
