"""Write a mail into the outbox, and send what is there."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.jobs.errors import GivenUp
from portal.platform.keys import citizens
from portal.platform.keys.errors import CannotOpen, KeysGone

from . import composing, rules, smtp
from .types import Message

DELIVER = "mail.deliver"
# As long as the queue remembers the job that gave up on it.
KEPT_FOR = timedelta(days=14)

PUT = "insert into mail_outbox (id, citizen_id, sealed) values (%s, %s, %s)"
READ = "select citizen_id, sealed, created_at from mail_outbox where id = %s"
DROP = "delete from mail_outbox where id = %s"
FORGET = "delete from mail_outbox where citizen_id = %s"
EXPIRE = "delete from mail_outbox where created_at < %s"

log = logging.getLogger("portal.mail")


async def send(conn: AsyncConnection[Any], citizen_id: UUID, message: Message) -> UUID:
    """Have a mail sent when the caller's transaction (`pool.as_citizen`) commits; returns the id it will carry.

    Raise MessageRefused for an address or a code that cannot be; KeysGone for a citizen without keys.
    """
    rules.check(message)
    mail_id = uuid4()
    sealed = (await citizens.mail_box(citizen_id)).seal(msgspec.json.encode(message), _bound(mail_id))
    await conn.execute(PUT, (mail_id, citizen_id, sealed))
    await queue.defer(conn, DELIVER, mail_id=mail_id)
    return mail_id


async def deliver(mail_id: UUID, now: datetime | None = None) -> None:
    """Send one mail of the outbox and take it out; done when it is not there. For the worker.

    A crash between the two sends it again, with the same Message-ID. Raise TryLater or GivenUp.
    """
    async with pool.connection() as conn:
        row = await (await conn.execute(READ, (mail_id,))).fetchone()
    if row is None:
        return
    citizen_id, sealed, created_at = row
    try:
        opened = (await citizens.mail_box(citizen_id)).open(sealed, _bound(mail_id))
    except KeysGone:
        log.info("%s not sent: its reader was erased", mail_id)
        await _drop(mail_id)
        return
    except CannotOpen:
        raise GivenUp("it does not open") from None
    message = msgspec.json.decode(opened, type=Message)
    if rules.is_stale(message, created_at, now or datetime.now(UTC)):
        await _drop(mail_id)
        raise GivenUp("it would come too late")
    mail = composing.compose(mail_id, message, created_at)
    await smtp.deliver(mail, parseaddr(settings.MAIL_FROM)[1], message.to)
    log.info("%s sent", mail_id)
    await _drop(mail_id)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away what was to be sent to a citizen, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))


async def expire(before: datetime) -> int:
    """Take away what could not be sent before then; returns how many. For the worker."""
    async with pool.connection() as conn:
        return (await conn.execute(EXPIRE, (before,))).rowcount


async def _drop(mail_id: UUID) -> None:
    async with pool.connection() as conn:
        await conn.execute(DROP, (mail_id,))


def _bound(mail_id: UUID) -> bytes:
    """Name what is sealed, so that one mail cannot stand in another's place."""
    return b"mail_outbox\0" + mail_id.bytes
