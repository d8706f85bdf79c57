"""A question of a citizen, signed in or not, to the people of the contact centre: by mail, as it was written.

Owns `mail_question`; how many there may be is in `question_limits`. It is no mail to a citizen: it goes to
`CONTACT_EMAIL`, text only, and holds what was typed. Until it is sent it is sealed with a key of its own, wrapped by
the mail key of the installation; afterwards only its id and times stay for a fortnight, so that a form that is sent
twice is one question.
"""

import logging
import secrets
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext
from jinja2 import FileSystemLoader, Template

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.keys import service
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen, KeyFileBehind
from portal.platform.kit.reference import written
from portal.platform.ui import jinja

from . import question_limits, rules, smtp
from .types import Question, Taken

PASS_ON = "mail.pass_on"  # noqa: S105 - the name of a job

PUT = "insert into mail_question (id, wrapped_key, sealed, send_at) values (%s, %s, %s, %s)"
TAKEN = "select created_at, case when send_at > now() then send_at end from mail_question where id = %s"
READ = "select wrapped_key, sealed, created_at from mail_question where id = %s and sealed is not null"
EMPTY = "update mail_question set wrapped_key = null, sealed = null where id = %s"
EXPIRE = "delete from mail_question where created_at < %s"

log = logging.getLogger("portal.mail")


async def ask(question_id: UUID, question: Question, address: str) -> None:
    """Take a question in, to be sent by a job; once for one id, however often it comes.

    address: where it comes from on the network. A question that was taken already is neither counted nor refused.
    Raise MessageRefused for one that cannot be a mail, TooManyFromNetwork or TooManyQuestions.
    """
    rules.check_question(question)
    counted = await question_limits.counted(address, datetime.now(UTC))
    key = secrets.token_bytes(32)
    wrapped = await service.installed().wrap(service.MAIL, key, _bound(question_id))
    sealed = Box(key, b"").seal(msgspec.json.encode(question), _bound(question_id))
    async with pool.transaction() as conn:
        # Who clicks twice is told of the first, also when the limit is full by then.
        await conn.execute(question_limits.ONE_BY_ONE, (f"mail_question {question_id}",))
        if await (await conn.execute(TAKEN, (question_id,))).fetchone():
            return
        await question_limits.check(conn, counted)
        send_at = await question_limits.plan(conn)
        await conn.execute(PUT, (question_id, wrapped, sealed, send_at))
        await question_limits.count(conn, counted)
        await queue.defer_until(conn, send_at, PASS_ON, question_id=question_id)


async def taken(question_id: UUID) -> Taken | None:
    """Tell when a question was taken in, and until when it waits; None for none, or longer than a fortnight ago."""
    rows = await pool.repeatable(TAKEN, (question_id,))
    return Taken(*rows[0]) if rows else None


def reference(question_id: UUID) -> str:
    """Write the short name by which people and the contact centre speak of a question: H-7K3M-Q2XA."""
    return written(int.from_bytes(question_id.bytes[:5]), begins="H", groups=2, of=4)


async def deliver(question_id: UUID) -> None:
    """Send one question and forget what it says; done when that was done. For the worker.

    A crash between the two sends it again, with the same Message-ID. Raise TryLater or GivenUp.
    """
    async with pool.connection() as conn:
        row = await (await conn.execute(READ, (question_id,))).fetchone()
    if row is None:
        return
    wrapped, sealed, created_at = row
    try:
        key = await service.installed().unwrap(service.MAIL, wrapped, _bound(question_id))
        opened = Box(key, b"").open(sealed, _bound(question_id))
    except KeyFileBehind as error:
        raise TryLater(f"keys: {error.detail}") from None
    except CannotOpen:
        raise GivenUp("it does not open") from None
    mail = compose(question_id, msgspec.json.decode(opened, type=Question), created_at)
    await smtp.deliver(mail, parseaddr(settings.MAIL_FROM)[1], settings.CONTACT_EMAIL)
    log.info("question %s sent", question_id)
    async with pool.connection() as conn:
        await conn.execute(EMPTY, (question_id,))


async def expire(before: datetime) -> int:
    """Take away what came before then, sent or not; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (before,))


def compose(question_id: UUID, question: Question, created_at: datetime) -> EmailMessage:
    """Write the mail to the contact centre: what somebody typed is marked as such, and no line of it is a header."""
    sender = Address(parseaddr(settings.MAIL_FROM)[0], addr_spec=parseaddr(settings.MAIL_FROM)[1])
    name = reference(question_id)
    mail = EmailMessage(policy.SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=settings.CONTACT_EMAIL)
    if question.reply_to:
        mail["Reply-To"] = Address(addr_spec=question.reply_to)
    mail["Subject"] = gettext("Vraag %(reference)s via Mijn Burgerprofiel") % {"reference": name}
    mail["Date"] = format_datetime(created_at)
    mail["Message-ID"] = f"<{question_id}@{sender.domain}>"
    lines = rules.typed(question.text).split("\n")
    text = _template().render(
        reference=name,
        topic=rules.plain(question.topic),
        # These two were checked: an address and a number, nothing else.
        reply_to=question.reply_to,
        phone=question.phone,
        asked_at=created_at,
        quoted="\n".join(f"> {line}".rstrip() for line in lines),
    )
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return mail


@cache
def _template() -> Template:
    environment = jinja.environment(loader=FileSystemLoader(Path(__file__).parent / "templates"))
    # Text, not HTML: nothing to escape.
    return environment.overlay(autoescape=False).get_template("mail/contact_centre/question.txt")


def _bound(question_id: UUID) -> bytes:
    return b"mail_question\0" + question_id.bytes
