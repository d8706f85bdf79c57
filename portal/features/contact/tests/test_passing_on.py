"""A question to the contact centre: sealed until it is sent, sent whatever is killed, and only as it was typed."""

import email
import email.policy
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from hypothesis import given as given_any
from hypothesis import strategies as st

from portal.features.contact import actions, composing, queries, rules
from portal.features.contact.errors import QuestionRefused
from portal.features.contact.types import Question
from portal.platform.database import pool
from portal.platform.jobs.errors import GivenUp, TryLater
from tests.inbox import Inbox, Workers, past_walls, rows
from tests.town import until

Role = Callable[[], AbstractAsyncContextManager[None]]
pytestmark = pytest.mark.security

ID = UUID("0b9f6f5e-7a5e-4c53-9d5d-6f1d4f0a7c11")
AT = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
ASKED = Question("De app", "Waar vind ik de app?\nIk zoek al een uur.", "an@example.org", "0470 12 34 56")


@pytest.fixture(autouse=True)
def no_questions(database: None, inbox: Inbox) -> None:
    rows("delete from mail_question")
    past_walls("delete from mail_question_rate")


async def ask(question: Question = ASKED) -> UUID:
    question_id = uuid4()
    await actions.ask(question_id, question, "192.0.2.1")
    return question_id


def stored_questions() -> list[tuple[UUID, bool]]:
    return rows("select id, sealed is not null from mail_question")


async def test_question_under_a_newer_key_than_the_workers_waits_for_it(as_worker: Role, inbox: Inbox) -> None:
    question_id = await ask()
    change = "update mail_question set wrapped_key = %s || substr(wrapped_key, 3)"
    past_walls(change, "v2")
    async with as_worker():
        with pytest.raises(TryLater, match="restart"):
            await actions.deliver(question_id)
        past_walls(change, "v1")
        await actions.deliver(question_id)
    assert len(inbox.mails()) == 1


async def test_question_arrives_and_leaves_its_number_only(as_worker: Role, inbox: Inbox) -> None:
    question_id = await ask()
    (job,) = rows("select task_name, args from procrastinate_jobs")
    assert job == ("mail.pass_on", {"question_id": str(question_id)})
    async with as_worker():
        await actions.deliver(question_id)
        await actions.deliver(question_id)
    (mail,) = inbox.mails()
    assert mail["recipients"] == [settings.CONTACT_EMAIL]
    assert mail["subject"] == f"Vraag {rules.reference(question_id)} via Mijn Burgerprofiel"
    assert dict(mail["headers"])["Reply-To"] == "an@example.org"
    assert mail["html"] == ""
    for line in ("Onderwerp: De app", "Antwoord naar: an@example.org", "Telefoon: 0470 12 34 56"):
        assert f"\n{line}\n" in mail["text"]
    # What it is about stands before the number that names it.
    assert mail["text"].index("Onderwerp:") < mail["text"].index("Nummer:")
    assert "\n\n> Waar vind ik de app?\n> Ik zoek al een uur.\n\n" in mail["text"]
    assert stored_questions() == [(question_id, False)]
    taken = await queries.receipt(question_id)
    assert (taken is not None and taken.waits_until) is None
    assert await queries.receipt(uuid4()) is None


async def test_question_that_comes_twice_is_one(inbox: Inbox) -> None:
    question_id = await ask()
    await actions.ask(question_id, Question("De app", "Iets anders", "an@example.org", ""), "192.0.2.1")
    assert stored_questions() == [(question_id, True)]
    assert rows("select count(*) from procrastinate_jobs") == [(1,)]


async def test_replay_after_sending_is_still_one(as_worker: Role, inbox: Inbox) -> None:
    question_id = await ask()
    async with as_worker():
        await actions.deliver(question_id)
    await actions.ask(question_id, ASKED, "192.0.2.1")
    assert stored_questions() == [(question_id, False)]
    assert rows("select count(*) from procrastinate_jobs") == [(1,)]


async def test_what_waits_cannot_be_read(inbox: Inbox) -> None:
    await ask()
    ((key, sealed),) = rows("select wrapped_key, sealed from mail_question")
    known = (b"app", b"Waar", b"an@", b"example", b"0470")
    assert [word for word in known if word in bytes(sealed) + key.encode()] == []


@pytest.mark.parametrize(
    "statement",
    [
        "select sealed from mail_question",
        "select wrapped_key from mail_question",
        "update mail_question set sealed = null",
        "delete from mail_question",
    ],
)
async def test_portal_reads_nothing_back_and_takes_nothing_away(inbox: Inbox, statement: str) -> None:
    await ask()
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(statement)


async def test_question_does_not_open_in_the_place_of_another(as_worker: Role, inbox: Inbox) -> None:
    await ask()
    ((key, sealed),) = rows("select wrapped_key, sealed from mail_question")
    other = uuid4()
    async with pool.connection() as conn:
        await conn.execute(actions.PUT, (other, key, sealed, AT))
    async with as_worker():
        with pytest.raises(GivenUp, match="cannot be decrypted"):
            await actions.deliver(other)
    assert inbox.mails() == []


@pytest.mark.parametrize(("mode", "raised"), [("temporary", TryLater), ("permanent", GivenUp), ("down", TryLater)])
async def test_question_is_kept_while_the_server_fails(
    as_worker: Role, inbox: Inbox, mode: str, raised: type[Exception]
) -> None:
    inbox.fails(mode)
    question_id = await ask()
    async with as_worker():
        with pytest.raises(raised):
            await actions.deliver(question_id)
    assert (stored_questions(), inbox.mails()) == ([(question_id, True)], [])


async def test_nothing_is_kept_for_ever(as_worker: Role, inbox: Inbox) -> None:
    question_id = await ask()
    async with as_worker():
        assert await actions.expire(datetime.now(UTC) - timedelta(minutes=1)) == 0
        assert await actions.expire(datetime.now(UTC) + timedelta(minutes=1)) == 1
        await actions.deliver(question_id)
    assert (stored_questions(), inbox.mails()) == ([], [])


@pytest.mark.parametrize(
    "question",
    [
        Question("x", "", "an@example.org", ""),
        Question("x", "\u202e \u0000", "an@example.org", ""),
        Question("x", "a" * (rules.LONGEST_TEXT + 1), "an@example.org", ""),
        Question("x", "€" * 4000, "an@example.org", ""),
        Question("x", "a", "an@example.org\r\nBcc: b@example.org", ""),
        Question("x", "a", "", "0470\r\nBcc: b@example.org"),
        Question("x", "a", "", ""),
    ],
)
async def test_what_cannot_be_passed_on_is_refused(inbox: Inbox, question: Question) -> None:
    with pytest.raises(QuestionRefused):
        await ask(question)
    assert stored_questions() == []


async def test_every_question_arrives_though_the_worker_is_killed(inbox: Inbox, workers: Workers) -> None:
    inbox.fails("ok", latency_ms=300)
    sent = {f"<{await ask()}@burgerprofiel.example>" for _ in range(20)}
    first = workers.start()
    until(lambda: len(inbox.mails()) >= 3)
    workers.kill(first)
    inbox.fails("ok")
    workers.start()
    until(lambda: rows("select count(*) from mail_question where sealed is not null") == [(0,)])
    assert {dict(mail["headers"])["Message-ID"] for mail in inbox.mails()} == sent
    assert [word for word in ("an@", "0470", "Waar vind") if word in workers.log_text()] == []


EVIL = Question(
    "x\r\nBcc: b@example.org", "hoi\r\nBcc: b@example.org\r\n\r\n<script>\u2028.\r\n.\r\n", "an@example.org", ""
)


async def test_words_of_others_add_no_header_and_no_recipient(as_worker: Role, inbox: Inbox) -> None:
    question_id = await ask(EVIL)
    async with as_worker():
        await actions.deliver(question_id)
    (mail,) = inbox.mails()
    assert mail["recipients"] == [settings.CONTACT_EMAIL]
    assert [name for name, _ in mail["headers"]] == [
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert mail["text"].count("Bcc") == 2
    assert "\n> hoi\n> Bcc: b@example.org\n>\n> <script>\n> .\n> .\n" in mail["text"]


@given_any(st.text(max_size=300))
def test_whatever_is_typed_stays_behind_its_mark(text: str) -> None:
    mail = composing.compose(ID, Question("De app", text, "an@example.org", ""), AT)
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.SMTP)
    assert (read.defects, read["Reply-To"], read.get_content_type()) == ([], "an@example.org", "text/plain")
    lines = read.get_content().replace("\r\n", "\n").split("\n")
    assert [line for line in lines[7:-4] if not line.startswith(">")] == []
    assert lines[6] == ""
    assert len(lines[7:-4]) == rules.clean(text).count("\n") + 1


def test_mail_is_the_same_each_time_and_questions_are_never_printed() -> None:
    assert composing.compose(ID, ASKED, AT).as_bytes() == composing.compose(ID, ASKED, AT).as_bytes()
    assert repr(ASKED) == "Question(…)"


def test_reference_is_short_and_holds_no_letter_that_is_read_as_another() -> None:
    assert rules.reference(UUID(int=0)) == "H-0000-0000"
    assert rules.reference(UUID(int=(1 << 128) - 1)) == "H-ZZZZ-ZZZZ"
    assert rules.reference(ID) == "H-1EFP-YQKT"
