"""Store news of documents of the eBox as notices, each with its mail, and delete it with the link. For the mailbox.

The caller has locked the citizen's box (`mailbox.events.boxes`), so storing and deleting come one after the other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from portal.platform.keys import arrivals
from portal.platform.keys.arrivals import Arrival
from portal.platform.kit.unprinted import Unprinted

from . import errands, rules
from .errands import DocumentErrand
from .types import EBOX, EboxDocument, Notice

CATEGORY = "EboxDocument"
DUTCH = "nl"
PUT = """
select notifications_put(
    %(body)s, %(citizens)s::uuid[], %(threads)s::uuid[], %(ids)s::uuid[], %(ends)s::timestamptz[],
    %(sealed)s::bytea[], %(services)s::text[], %(now)s
)
"""
FORGET = (
    # Threads are locked in the order that receiving and sweeping use, so that none deadlock.
    "select from notifications_thread where citizen_id = any(%(citizens)s) and body = %(body)s "
    "order by citizen_id, thread for update",
    "delete from notifications_notice where citizen_id = any(%(citizens)s) and body = %(body)s",
    "delete from notifications_thread where citizen_id = any(%(citizens)s) and body = %(body)s",
)


class DocumentNews(Unprinted, frozen=True):
    """News of a document, for one citizen.

    public_key: the citizen's own, proven (`keys.citizens.public_key`). thread: of all news of this document.
    document: None for the news that it was read at its provider, which marks its thread as read. ends_at: end of its
    term (UTC).
    """

    citizen_id: UUID
    public_key: bytes
    thread: UUID
    document: EboxDocument | None
    ends_at: datetime


async def put_documents(conn: AsyncConnection[Any], news: Sequence[DocumentNews], now: datetime) -> None:
    """Store news, that of one document in the order given, in the caller's transaction, which locked the boxes.

    For the worker.
    """
    # Sorted by thread, which is the order in which all lock threads, so that none deadlock.
    news = sorted(news, key=lambda one: (one.citizen_id, one.thread))
    ids = [uuid4() if one.document is not None else None for one in news]
    pairs = list(zip(news, ids, strict=True))
    given = {
        "body": EBOX,
        "citizens": [one.citizen_id for one in news],
        "threads": [one.thread for one in news],
        "ids": ids,
        "ends": [one.ends_at for one in news],
        "sealed": [_seal(one, notice_id) for one, notice_id in pairs],
        "services": [await _errand(one, notice_id) for one, notice_id in pairs],
        "now": now,
    }
    await conn.execute(PUT, given)


async def forget_documents(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete the news of the eBoxes of these citizens, with mails not sent yet, in the caller's transaction."""
    for statement in FORGET:
        await conn.execute(statement, {"citizens": citizen_ids, "body": EBOX})


def _seal(one: DocumentNews, notice_id: UUID | None) -> bytes | None:
    if notice_id is None:
        return None
    notice = Notice(CATEGORY, EBOX, reference="", document=one.document)
    arrival = Arrival(one.citizen_id, msgspec.json.encode(notice), rules.binding(notice_id))
    return arrivals.seal_to(one.public_key, arrival)


async def _errand(one: DocumentNews, notice_id: UUID | None) -> str | None:
    if notice_id is None or one.document is None:
        return None
    names = one.document.sender
    errand = DocumentErrand(one.document.news, names.get(DUTCH) or next(iter(names.values()), ""))
    return await errands.seal_document(errand, one.citizen_id, notice_id)
