"""One mail, from the caller's transaction to the inbox, and every way in which that fails."""

import asyncio
import email
import email.policy
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import aiosmtplib
import psycopg
import pytest
from django.test import override_settings
from psycopg import Rollback

from portal.features.profile.types import ConfirmAddress, NewDevice
from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.journal.types import Actor, ActorKind
from portal.platform.keys import citizens
from portal.platform.mail import actions, smtp
from portal.platform.mail.errors import MessageRefused
from portal.platform.mail.types import NEWS_FOR, MailMessage
from tests.inbox import Inbox, past_walls, rows
from tests.journal_entries import entries_of

Role = Callable[[], AbstractAsyncContextManager[None]]
pytestmark = pytest.mark.security

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
DEVICE = NewDevice(at=NOW, means="itsme", device="Firefox op Windows")
TO = "lies@example.org"


async def put(citizen: UUID, message: MailMessage | None = None) -> UUID:
    async with pool.as_citizen(citizen) as conn:
        return await actions.send(conn, citizen, message or MailMessage(TO, "Zonnetje", DEVICE))


def outbox() -> list[UUID]:
    return [row[0] for row in past_walls("select id from mail_outbox")]


async def test_mail_arrives_and_leaves_nothing_behind(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    mail_id = await put(citizen)
    (job,) = rows("select task_name, args, status from procrastinate_jobs")
    assert job == ("mail.deliver", {"mail_id": str(mail_id)}, "todo")
    async with as_worker():
        await actions.deliver(mail_id)
    (mail,) = inbox.mails()
    assert (mail["sender"], mail["recipients"]) == ("geen-antwoord@burgerprofiel.example", [TO])
    assert mail["subject"] == "Aangemeld in Mijn Burgerprofiel met een nieuw toestel"
    assert mail["text"].startswith("Dag Zonnetje,\n\n")
    assert dict(mail["headers"])["Message-ID"] == f"<{mail_id}@burgerprofiel.example>"
    assert outbox() == []
    async with as_worker():
        await actions.deliver(mail_id)
    assert len(inbox.mails()) == 1


async def test_rolled_back_transaction_leaves_no_mail_and_no_job(citizen: UUID, inbox: Inbox) -> None:
    async with pool.as_citizen(citizen) as conn, conn.transaction() as transaction:
        await actions.send(conn, citizen, MailMessage(TO, "", DEVICE))
        raise Rollback(transaction)
    assert (outbox(), rows("select id from procrastinate_jobs")) == ([], [])


async def test_outbox_holds_nothing_that_can_be_read(citizen: UUID, inbox: Inbox) -> None:
    await put(citizen)
    ((sealed,),) = past_walls("select sealed from mail_outbox")
    assert [word for word in (b"lies", b"example", b"Zonnetje", b"itsme", b"device") if word in bytes(sealed)] == []


async def test_mail_does_not_open_in_the_place_of_another(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    await put(citizen)
    ((sealed,),) = past_walls("select sealed from mail_outbox")
    other = uuid4()
    async with pool.as_citizen(citizen) as conn:
        await conn.execute(actions.PUT, (other, citizen, sealed, None))
    async with as_worker():
        with pytest.raises(GivenUp):
            await actions.deliver(other)
    assert inbox.mails() == []
    assert [access.uses[0].result for access in await entries_of(citizen)] == ["down"]


@pytest.mark.parametrize(
    ("mode", "raised", "said"),
    [
        ("temporary", TryLater, "SMTP 451"),
        ("permanent", GivenUp, "SMTP 550"),
        ("down", TryLater, "SMTP: SMTPServerDisconnected"),
        ("broken", TryLater, "SMTP no answer that is SMTP"),
    ],
)
async def test_failing_server_is_told_apart_and_only_what_may_still_go_is_kept(
    as_worker: Role, citizen: UUID, inbox: Inbox, mode: str, raised: type[Exception], said: str
) -> None:
    inbox.fails(mode)
    mail_id = await put(citizen)
    async with as_worker():
        with pytest.raises(raised) as caught:
            await actions.deliver(mail_id)
    assert caught.value.detail == said
    kept = [mail_id] if raised is TryLater else []
    assert (outbox(), inbox.mails()) == (kept, [])


async def test_server_that_is_not_there_is_tried_later(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    mail_id = await put(citizen)
    with override_settings(SMTP_PORT=1):
        async with as_worker():
            with pytest.raises(TryLater, match="SMTPConnectError"):
                await actions.deliver(mail_id)
    assert outbox() == [mail_id]


@pytest.mark.parametrize(("user", "code"), [("portaal", 535), ("", 530)])
async def test_server_that_does_not_know_us_is_tried_later(
    as_worker: Role, citizen: UUID, inbox: Inbox, user: str, code: int
) -> None:
    mail_id = await put(citizen)
    with override_settings(SMTP_USER=user, SMTP_PASSWORD="verkeerd"):
        async with as_worker():
            with pytest.raises(TryLater) as caught:
                await actions.deliver(mail_id)
    assert caught.value.detail == f"SMTP {code} before the mail"
    assert (outbox(), inbox.mails()) == ([mail_id], [])


@pytest.mark.parametrize(
    ("step", "refusal", "raised", "said"),
    [
        ("rcpt", "554 5.7.1 <lies@example.org>: Relay access denied", TryLater, "SMTP 554 5.7.1"),
        ("rcpt", "550 5.7.64 TenantAttribution; Relay Access Denied", TryLater, "SMTP 550 5.7.64"),
        ("rcpt", "550 5.2.1 <lies@example.org>: mailbox disabled", GivenUp, "SMTP 550"),
        ("rcpt", "550 <5.7.1@example.org>: no such user", GivenUp, "SMTP 550"),
        ("data", "550 5.7.26 Unauthenticated mail is refused\n5.7.26 by policy", TryLater, "SMTP 550 5.7.26"),
        ("data", "554 5.7.1 Service unavailable; client host blocked", TryLater, "SMTP 554 5.7.1"),
        ("data", "552 5.3.4 Message too big for system", GivenUp, "SMTP 552"),
    ],
)
async def test_server_that_does_not_let_us_mail_is_tried_later(
    as_worker: Role,
    citizen: UUID,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    refusal: str,
    raised: type[Exception],
    said: str,
) -> None:
    code, _, text = refusal.partition(" ")

    async def refuse(_: object, given: str, **__: object) -> None:
        if step == "data":
            raise aiosmtplib.SMTPDataError(int(code), text)
        raise aiosmtplib.SMTPRecipientRefused(int(code), text, given)

    monkeypatch.setattr(aiosmtplib.SMTP, step, refuse)
    mail_id = await put(citizen)
    async with as_worker():
        with pytest.raises(raised) as caught:
            await actions.deliver(mail_id)
    assert caught.value.detail == said
    assert outbox() == ([mail_id] if raised is TryLater else [])


async def test_mail_waits_while_the_ca_file_is_away(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    mail_id = await put(citizen)
    with override_settings(SMTP_CA_FILE="/nowhere/ca.pem"):
        async with as_worker():
            with pytest.raises(TryLater, match="SMTP: FileNotFoundError"):
                await actions.deliver(mail_id)
    assert outbox() == [mail_id]


async def test_server_whose_certificate_nobody_vouches_for_gets_nothing(
    as_worker: Role, citizen: UUID, inbox: Inbox
) -> None:
    mail_id = await put(citizen)
    with override_settings(SMTP_CA_FILE=""):
        async with as_worker():
            with pytest.raises(TryLater, match="SMTP: "):
                await actions.deliver(mail_id)
    assert (outbox(), inbox.mails()) == ([mail_id], [])


async def test_hanging_server_is_left_in_time(
    as_worker: Role, citizen: UUID, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.3)
    inbox.fails("hang")
    mail_id = await put(citizen)
    async with as_worker():
        with pytest.raises(TryLater, match="SMTP: TimeoutError"):
            await actions.deliver(mail_id)
    inbox.fails("ok", latency_ms=200)
    monkeypatch.undo()
    async with as_worker():
        await actions.deliver(mail_id)
    assert len(inbox.mails()) == 1


async def test_mail_that_came_through_unnoticed_comes_again_the_same(
    as_worker: Role, citizen: UUID, inbox: Inbox
) -> None:
    inbox.fails("reset")
    mail_id = await put(citizen)
    async with as_worker():
        with pytest.raises(TryLater):
            await actions.deliver(mail_id)
        inbox.fails("ok")
        await actions.deliver(mail_id)
    first, second = inbox.mails()
    assert first["source"] == second["source"]


async def test_mail_to_somebody_erased_is_dropped(
    as_worker: Role, citizen: UUID, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    mail_id = await put(citizen)
    await citizens.erase(citizen)
    async with as_worker():
        await actions.deliver(mail_id)
    assert (outbox(), inbox.mails()) == ([], [])


async def test_mail_that_comes_too_late_is_not_sent(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    code = await put(citizen, MailMessage(TO, "", ConfirmAddress("123456", NOW)))
    news = await put(citizen)
    async with as_worker():
        with pytest.raises(GivenUp, match="too late"):
            await actions.deliver(code, NOW)
        with pytest.raises(GivenUp, match="too late"):
            await actions.deliver(news, datetime.now(UTC) + NEWS_FOR)
    assert (outbox(), inbox.mails()) == ([], [])


async def test_what_to_send_to_one_citizen_is_forgotten_and_no_others(citizen: UUID, inbox: Inbox) -> None:
    other = uuid4()
    await citizens.ensure(other)
    await put(citizen)
    kept = await put(other)
    async with pool.as_citizen(citizen) as conn:
        await actions.forget(conn, citizen)
        await actions.forget(conn, other)
    assert outbox() == [kept]


async def test_what_could_not_be_sent_is_not_kept_for_ever(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    mail_id = await put(citizen)
    now = datetime.now(UTC)
    async with as_worker():
        # The wall keeps what is younger, also from a wrong term.
        assert await actions.expire(now + timedelta(days=1)) == 0
        assert outbox() == [mail_id]
        past_walls("update mail_outbox set created_at = %s", now - actions.KEPT_FOR - timedelta(seconds=1))
        assert await actions.expire(now - actions.KEPT_FOR) == 1
    assert outbox() == []


async def test_worker_sees_no_mail_but_the_one_its_transaction_names(
    as_worker: Role, citizen: UUID, inbox: Inbox
) -> None:
    named, other = await put(citizen), await put(citizen)
    async with as_worker():
        async with pool.connection() as conn:
            for statement in ("select id from mail_outbox", "delete from mail_outbox returning id"):
                assert await (await conn.execute(statement)).fetchall() == []
        async with pool.connection() as conn, conn.transaction():
            await conn.execute(actions.AS_MAIL, (str(named),))
            assert await (await conn.execute("select id from mail_outbox")).fetchall() == [(named,)]
            assert await (await conn.execute("delete from mail_outbox returning id")).fetchall() == [(named,)]
        for _ in range(8):  # more often than the pool has connections
            async with pool.connection() as conn:
                assert await (await conn.execute("select id from mail_outbox")).fetchall() == []
    assert outbox() == [other]


async def test_opening_a_mail_stands_in_the_journal_before_it(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    greets, plain = await put(citizen), await put(citizen, MailMessage(TO, "", DEVICE))
    async with as_worker():
        await actions.deliver(greets)
        await actions.deliver(plain)
    second, first = await entries_of(citizen)
    assert (first.name, first.actor) == ("send a mail", Actor(ActorKind.SYSTEM, "worker"))
    assert [(use.activity.name, use.result) for use in first.uses] == [
        ("burgerprofiel.email", "ready"),
        ("burgerprofiel.nickname", "ready"),
    ]
    assert [(use.activity.name, use.result) for use in second.uses] == [("burgerprofiel.email", "ready")]


async def test_mail_that_cannot_be_journalled_is_not_opened(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    mail_id = await put(citizen)
    past_walls("revoke insert (trace_id) on journal_entry from worker")
    try:
        async with as_worker():
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await actions.deliver(mail_id)
    finally:
        past_walls("grant insert (trace_id) on journal_entry to worker")
    assert (outbox(), inbox.mails()) == ([mail_id], [])


async def test_mail_greets_as_it_is_when_it_goes(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    named, nameless = await put(citizen), await put(citizen, MailMessage(TO, "", DEVICE))
    async with pool.as_citizen(citizen) as conn:
        await actions.greet(conn, citizen, "Regenboog")
    async with as_worker():
        await actions.deliver(named)
    async with pool.as_citizen(citizen) as conn:
        await actions.greet(conn, citizen, "")
    async with as_worker():
        await actions.deliver(nameless)
    starts = [mail["text"].partition("\n")[0] for mail in inbox.mails()]
    assert (starts[0], starts[1].startswith("Dag")) == ("Dag Regenboog,", False)


async def test_mail_that_is_withdrawn_is_gone_and_nobody_elses(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    other = uuid4()
    await citizens.ensure(other)
    mine, theirs = await put(citizen), await put(other)
    async with pool.as_citizen(citizen) as conn:
        for mail_id in (mine, theirs):
            await actions.withdraw(conn, citizen, mail_id)
    assert outbox() == [theirs]
    async with as_worker():
        await actions.deliver(mine)
    assert inbox.mails() == []


async def test_mail_under_a_newer_key_than_the_workers_waits_for_it(
    as_worker: Role, citizen: UUID, inbox: Inbox, past_key_walls: psycopg.Connection
) -> None:
    """As after `keys rotate`, when the portal was started again before the worker."""
    mail_id = await put(citizen)
    change = "update keys_citizen set mail_key = %s || substr(mail_key, 3) where citizen_id = %s"
    past_key_walls.execute(change, ("v2", citizen))
    async with as_worker():
        with pytest.raises(TryLater, match="restart"):
            await actions.deliver(mail_id)
        assert outbox() == [mail_id]
        past_key_walls.execute(change, ("v1", citizen))
        await actions.deliver(mail_id)
    assert (outbox(), len(inbox.mails())) == ([], 1)


@pytest.mark.parametrize(
    "address",
    [
        "lies@example.org\r\nBcc: an@example.org",
        "lies@example.org\n",
        "lies@example.org, an@example.org",
        "Lies <lies@example.org>",
        "lies@example.org>",
        "lies",
        "lies@localhost",
        "lies@[127.0.0.1]",
        '"lies\r\n"@example.org',
        "liés@example.org",
        "lies@exämple.org",
        ".lies@example.org",
        f"{'l' * 65}@example.org",
        f"lies@{'example.' * 40}org",
        "",
    ],
)
async def test_address_that_is_none_never_comes_into_the_outbox(citizen: UUID, inbox: Inbox, address: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        await put(citizen, MailMessage(address, "", DEVICE))
    assert "@" not in str(caught.value)
    assert outbox() == []


async def test_words_of_others_add_no_header_and_no_recipient(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    evil = "x\r\nBcc: an@example.org\r\n\r\n<script>alert(1)</script>\u2028\u202e"
    longest = f"{'l' * 64}@{'a' * 60}.{'b' * 60}.{'c' * 60}.org"
    mail_id = await put(citizen, MailMessage(longest, evil * 50, NewDevice(at=NOW, means=evil, device="é" * 5000)))
    async with as_worker():
        await actions.deliver(mail_id)
    (mail,) = inbox.mails()
    assert mail["recipients"] == [longest]
    names = [name for name, _ in mail["headers"]]
    assert names == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
    ]
    assert "<script>" not in mail["html"]
    parsed = email.message_from_string(mail["source"], policy=email.policy.SMTP)
    assert ([part.defects for part in parsed.walk()], parsed["To"]) == ([[], [], []], longest)


async def test_many_mails_at_once_each_go_to_their_own_reader(as_worker: Role, citizen: UUID, inbox: Inbox) -> None:
    ids = [await put(citizen, MailMessage(f"lezer{number}@example.org", "", DEVICE)) for number in range(10)]
    async with as_worker():
        await asyncio.gather(*(actions.deliver(one) for one in ids))
    assert sorted(mail["recipients"][0] for mail in inbox.mails()) == [f"lezer{n}@example.org" for n in range(10)]
