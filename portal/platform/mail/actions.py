"""Write a mail into the outbox (portal), and send it from there (worker)."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal import actions as journal
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen, KeyFileBehind, KeysGone
from portal.platform.sweeping import clock

from . import composing, journalling, kinds, rules, smtp
from .types import MailMessage

DELIVER = "mail.deliver"
# As long as the queue keeps the failed job.
KEPT_FOR = timedelta(days=14)

PUT = "insert into mail_outbox (id, citizen_id, sealed, greeting) values (%s, %s, %s, %s)"
WAITING = "select id from mail_outbox where citizen_id = %s"
GREET = "update mail_outbox set greeting = %s where id = %s and citizen_id = %s"
WITHDRAW = "delete from mail_outbox where id = %s and citizen_id = %s"
# The worker's row policy shows only the mail with this id.
AS_MAIL = "select set_config('app.mail', %s, true)"
READ = "select citizen_id, sealed, greeting, created_at from mail_outbox where id = %s"
DROP = "delete from mail_outbox where id = %s"
FORGET = "delete from mail_outbox where citizen_id = %s"
EXPIRE = "delete from mail_outbox where created_at < %s"

log = logging.getLogger("portal.mail")


async def send(conn: AsyncConnection[Any], citizen_id: UUID, message: MailMessage) -> UUID:
    """Have a mail sent when the caller's transaction (`pool.as_citizen`) commits; returns its id.

    Raise MessageRefused for an address or content that cannot be sent; KeysGone for a citizen without keys.
    """
    rules.check(message)
    mail_id = uuid4()
    box = await citizens.mail_box(citizen_id)
    # The nickname is sealed separately: it may change or be removed before the mail is sent.
    sealed = box.seal(msgspec.json.encode(msgspec.structs.replace(message, nickname="")), _binding(mail_id))
    await conn.execute(PUT, (mail_id, citizen_id, sealed, _greeting(box, mail_id, message.nickname)))
    await queue.defer(conn, DELIVER, mail_id=mail_id)
    return mail_id


async def greet(conn: AsyncConnection[Any], citizen_id: UUID, nickname: str) -> None:
    """Change the nickname, "" for none, in all mails that wait for a citizen, in the caller's transaction."""
    rows = await (await conn.execute(WAITING, (citizen_id,))).fetchall()
    if not rows:
        return
    box = await citizens.mail_box(citizen_id) if nickname else None
    for (mail_id,) in rows:
        greeting = _greeting(box, mail_id, nickname) if box else None
        await conn.execute(GREET, (greeting, mail_id, citizen_id))


async def withdraw(conn: AsyncConnection[Any], citizen_id: UUID, mail_id: UUID) -> None:
    """Delete a mail that is not sent yet, in the caller's transaction."""
    await conn.execute(WITHDRAW, (mail_id, citizen_id))


async def deliver(mail_id: UUID, now: datetime | None = None) -> None:
    """Send one mail of the outbox and delete it; do nothing when it is not there. For the worker.

    A crash between the two sends it again, with the same Message-ID. Raise GivenUp, and then it is deleted; or
    TryLater, also when it seems to come too late and the clock is in doubt.
    """
    async with _as_mail(mail_id) as conn:
        row = await (await conn.execute(READ, (mail_id,))).fetchone()
    if row is None:
        return
    citizen_id, sealed, greeting, created_at = row
    moment = now or datetime.now(UTC)
    try:
        occasion = Occasion(citizen_id, moment, str(mail_id), WORKER)
        message = await _open(mail_id, occasion, sealed, greeting)
        if rules.is_stale(message, created_at, moment):
            await clock.verify_now()
            raise GivenUp("it would come too late")
        await _hand_over(mail_id, message, created_at)
    except KeysGone:
        log.info("%s not sent: its reader was erased", mail_id)
    except GivenUp:
        # The failed job records this; the address need not be kept.
        await _drop(mail_id)
        raise
    else:
        log.info("%s sent", mail_id)
    await _drop(mail_id)


async def send_now(mail_id: UUID, occasion: Occasion, message: MailMessage, created_at: datetime) -> None:
    """Send a mail without the outbox, for a job that checks at each try whether it is still wanted. For the worker.

    mail_id, created_at: the same at each try, so that Message-ID and date are the same too. Raise TryLater, GivenUp
    or MessageRefused.
    """
    rules.check(message)
    journalled = await journalling.record_opening(occasion, greets=bool(message.nickname))
    try:
        await _hand_over(mail_id, message, created_at)
    except (TryLater, GivenUp):
        await journal.record_result(journalled, "down", now=occasion.now)
        raise
    await journal.record_result(journalled, "ready", now=occasion.now)
    log.info("%s sent", mail_id)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete the mails that wait for a citizen, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))


async def expire(before: datetime) -> int:
    """Delete the mails of before then, which could not be sent; returns how many.

    For the worker, whose row policy shows only mails older than KEPT_FOR.
    """
    return await pool.sweep(EXPIRE, (before,))


async def _open(mail_id: UUID, occasion: Occasion, sealed: bytes, greeting: bytes | None) -> MailMessage:
    """Open a mail, once that is journalled. Raise KeysGone, TryLater or GivenUp."""
    try:
        box = await citizens.mail_box(occasion.citizen_id)
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except CannotOpen:
        raise GivenUp("its key does not open") from None
    journalled = await journalling.record_opening(occasion, greets=greeting is not None)
    try:
        message = kinds.message_of(box.open(sealed, _binding(mail_id)))
        nickname = box.open(greeting, _bound_greeting(mail_id)).decode() if greeting is not None else ""
    except CannotOpen:
        await journal.record_result(journalled, "down", now=occasion.now)
        raise GivenUp("it does not open") from None
    except kinds.KindUnknown:
        await journal.record_result(journalled, "down", now=occasion.now)
        raise TryLater("no feature of this portal sends such a mail") from None
    await journal.record_result(journalled, "ready", now=occasion.now)
    return msgspec.structs.replace(message, nickname=nickname)


async def _hand_over(mail_id: UUID, message: MailMessage, created_at: datetime) -> None:
    """Deliver a mail to the mail server, the same bytes at each try. Raise TryLater or GivenUp."""
    mail = composing.compose(mail_id, message, created_at)
    await smtp.deliver(mail, parseaddr(settings.MAIL_FROM)[1], message.to)


@asynccontextmanager
async def _as_mail(mail_id: UUID) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction in which the worker sees this mail and no other."""
    async with pool.transaction() as conn:
        await conn.execute(AS_MAIL, (str(mail_id),))
        yield conn


async def _drop(mail_id: UUID) -> None:
    async with _as_mail(mail_id) as conn:
        await conn.execute(DROP, (mail_id,))


def _greeting(box: Box, mail_id: UUID, nickname: str) -> bytes | None:
    return box.seal(nickname.encode(), _bound_greeting(mail_id)) if nickname else None


def _bound_greeting(mail_id: UUID) -> bytes:
    return b"mail_outbox greeting\0" + mail_id.bytes


def _binding(mail_id: UUID) -> bytes:
    """Bind sealed content to its mail, so that it opens in no other mail's row."""
    return b"mail_outbox\0" + mail_id.bytes
