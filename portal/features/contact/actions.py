"""Accept a question, mail it to the contact centre, and forget it.

A question that waits is sealed with a key of its own, which the installation's mail key wraps. Once it is sent, only
its id and times stay, for a fortnight: what is posted twice within that time, with the same form, is one question.
"""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.keys import service
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen, KeyFileBehind
from portal.platform.mail import smtp

from . import composing, limits, queries, rules
from .types import Question

# The name that the previous release gave this job: its workers, which may still run, know no other.
PASS_ON = "mail.pass_on"  # noqa: S105 - the name of a job
KEPT_FOR = timedelta(days=14)

PUT = "insert into mail_question (id, wrapped_key, sealed, send_at) values (%s, %s, %s, %s)"
READ = "select wrapped_key, sealed, created_at from mail_question where id = %s and sealed is not null"
EMPTY = "update mail_question set wrapped_key = null, sealed = null where id = %s"
EXPIRE = "delete from mail_question where created_at < %s"

log = logging.getLogger("portal.contact")


async def ask(question_id: UUID, question: Question, address: str) -> None:
    """Accept a question, which a job sends. One that was accepted before (same id) is neither counted nor refused.

    address: the client's IP address. Raise QuestionRefused for a question that cannot be a mail, TooManyFromNetwork
    or TooManyQuestions.
    """
    rules.check_question(question)
    marks = await limits.marks_of(address, datetime.now(UTC))
    key = secrets.token_bytes(32)
    wrapped = await service.installed().wrap(service.MAIL, key, _associated_data(question_id))
    sealed = Box(key, b"").seal(msgspec.json.encode(question), _associated_data(question_id))
    async with pool.transaction() as conn:
        # A second click gets the receipt of the first, even if the limit has been reached by then.
        await conn.execute(limits.ONE_BY_ONE, (f"mail_question {question_id}",))
        if await (await conn.execute(queries.RECEIPT, (question_id,))).fetchone():
            return
        await limits.check(conn, marks)
        send_at = await limits.plan(conn)
        await conn.execute(PUT, (question_id, wrapped, sealed, send_at))
        await limits.count(conn, marks)
        await queue.defer_until(conn, send_at, PASS_ON, question_id=question_id)


async def deliver(question_id: UUID) -> None:
    """Send one question and forget its text; do nothing when that has been done. For the worker.

    After a crash between the two it is sent again, with the same Message-ID. Raise TryLater when this worker must
    first read the newest key file or the mail server does not take it now, GivenUp when no later try can help.
    """
    async with pool.connection() as conn:
        row = await (await conn.execute(READ, (question_id,))).fetchone()
    if row is None:
        return
    wrapped, sealed, created_at = row
    try:
        key = await service.installed().unwrap(service.MAIL, wrapped, _associated_data(question_id))
        opened = Box(key, b"").open(sealed, _associated_data(question_id))
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except CannotOpen:
        raise GivenUp("it cannot be decrypted") from None
    mail = composing.compose(question_id, msgspec.json.decode(opened, type=Question), created_at)
    await smtp.deliver(mail, parseaddr(settings.MAIL_FROM)[1], settings.CONTACT_EMAIL)
    log.info("question %s sent", question_id)
    async with pool.connection() as conn:
        await conn.execute(EMPTY, (question_id,))


async def expire(before: datetime) -> int:
    """Delete the questions from before a moment (UTC), sent or not, and return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before,))


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete nothing: no question says whose it is."""


def _associated_data(question_id: UUID) -> bytes:
    """Give the associated data of the sealed key and text of a question."""
    return b"mail_question\0" + question_id.bytes
