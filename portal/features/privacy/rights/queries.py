"""Read requests for the citizen who made them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box, content_of
from portal.platform.keys.errors import CannotOpen, KeysGone

from . import journalling, rules
from .types import Ask, DataRight, FollowedRequest, ForwardFailure, News, NewsKind, RequestRecipient, RequestState

STATE = """
received_at, due_on, extended_on, attempts, delivered_at, delivered_to, failed_at, failure, closed_at, closed_by
"""
REQUESTS = f"""
select id, reference, gdpr_right, body, sealed, {STATE} from privacy_request
where citizen_id = %(citizen)s and (%(reference)s::text is null or reference = %(reference)s)
order by received_at desc, reference
"""  # noqa: S608 - of constants
NEWS = """
select request_id, kind, at, sealed from privacy_request_news
where citizen_id = %(citizen)s and request_id = any(%(requests)s) order by request_id, at
"""

_ask = msgspec.json.Decoder(Ask)


async def look_at_requests(occasion: Occasion, reference: str | None = None) -> list[FollowedRequest]:
    """Read the same as `requests_of`, to show it to the citizen, and journal that look if there is any request."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        requests = await _requests(conn, occasion.citizen_id, occasion.now, reference)
        if requests:
            await journalling.note(
                conn, journalling.LOOK, occasion, is_readable=any(request.ask for request in requests)
            )
    return requests


async def requests_of(citizen_id: UUID, *, now: datetime, reference: str | None = None) -> list[FollowedRequest]:
    """List a citizen's requests, the newest first; with a reference, the one that has it if it is theirs.

    Those whose citizen has no keys any more are listed too: the key database was put back, as erasing deletes them
    before the keys. The caller journals what they are used for.
    """
    async with pool.as_citizen(citizen_id) as conn:
        return await _requests(conn, citizen_id, now, reference)


async def export(citizen_id: UUID) -> list[Record]:
    """Give all that is kept of a citizen's requests, as JSON can hold it."""
    requests = await requests_of(citizen_id, now=datetime.now(UTC))
    return [Record("request", msgspec.to_builtins(request), request.state.received_at) for request in requests]


async def _requests(
    conn: AsyncConnection[Any], citizen_id: UUID, now: datetime, reference: str | None
) -> list[FollowedRequest]:
    values: dict[str, Any] = {"citizen": citizen_id, "reference": reference}
    rows = await (await conn.execute(REQUESTS, values)).fetchall()
    if not rows:
        return []
    values = {"citizen": citizen_id, "requests": [row[0] for row in rows]}
    news_rows = await (await conn.execute(NEWS, values)).fetchall()
    box, news_box = await citizens.data_box_if_any(citizen_id), None
    with suppress(KeysGone, CannotOpen):
        news_box = await citizens.errand_box(citizen_id, rules.NEWS)
    news: dict[UUID, list[News]] = {}
    for request_id, kind, at, sealed in news_rows:
        news.setdefault(request_id, []).append(_news(news_box, request_id, (kind, at, bytes(sealed))))
    return [_follow(box, row, news, now) for row in rows]


def state_of(row: Sequence[Any]) -> RequestState:
    """Read the columns of STATE."""
    received_at, due_on, extended_on, attempts, delivered_at, to, failed_at, failure, closed_at, closed_by = row
    return RequestState(
        received_at=received_at,
        due_on=due_on,
        extended_on=extended_on,
        attempts=attempts,
        delivered_at=delivered_at,
        delivered_to=RequestRecipient(to) if to else None,
        failed_at=failed_at,
        failure=ForwardFailure(failure) if failure else None,
        closed_at=closed_at,
        closed_by=closed_by,
    )


def _follow(box: Box | None, row: tuple[Any, ...], news: Mapping[UUID, list[News]], now: datetime) -> FollowedRequest:
    request_id, reference, right, body, sealed, *rest = row
    state = state_of(rest)
    # A request that cannot be opened is listed too, with its progress.
    content = content_of(box, bytes(sealed), rules.bound_request(request_id), _ask.decode)
    progress = rules.progress_of(state, now)
    return FollowedRequest(
        reference, DataRight(right), body, state, progress, content, tuple(news.get(request_id, ()))
    )


def _news(box: Box | None, request_id: UUID, row: tuple[str, datetime, bytes]) -> News:
    kind, at, sealed = row
    text = None
    with suppress(CannotOpen, UnicodeDecodeError):
        text = box.open(sealed, rules.bound_news(request_id, kind)).decode() if box else None
    return News(NewsKind(kind), at, text)
