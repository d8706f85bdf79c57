"""A mail server that fails or hangs takes few places of the worker, and not for long."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.mail import actions, server_gate, smtp
from portal.platform.mail.errors import ServerAway
from portal.platform.mail.server_gate import AT_ONCE, FAILURES, ServerGate
from portal.platform.mail.tests.test_delivery import Role, outbox, put
from tests.inbox import Inbox

# Mails that meet a server that hangs: whoever waited for a turn may get it when the first ones fail.
MOST = AT_ONCE + FAILURES - 1


@pytest.fixture(autouse=True)
def every_failure_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count each failure, however soon it comes: no test waits as long as a server that hangs."""
    monkeypatch.setattr(server_gate, "SLOW", 0.0)


async def ends(gate: ServerGate, error: Exception | None = None) -> None:
    """Let a mail through, which the server takes or answers with an error."""
    async with gate.passage():
        if error:
            raise error


async def fails(gate: ServerGate, times: int = FAILURES) -> None:
    for _ in range(times):
        with pytest.raises(ServerAway):
            await ends(gate, ServerAway("SMTP: TimeoutError"))


async def test_server_that_hangs_holds_few_places_and_is_left_alone_then(
    as_worker: Role, citizen: UUID, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 1.0)
    inbox.fails("hang")
    mails = [await put(citizen) for _ in range(MOST + 3)]
    async with as_worker():
        ended = await asyncio.gather(*map(actions.deliver, mails), return_exceptions=True)
        said = Counter(error.detail for error in ended if isinstance(error, TryLater))
        assert (set(said), said.total()) == ({"SMTP: TimeoutError", "SMTP: the server failed just now"}, len(mails))
        assert AT_ONCE <= said["SMTP: TimeoutError"] <= MOST
        inbox.fails("ok")
        with pytest.raises(TryLater, match="failed just now"):
            await actions.deliver(mails[0])
        monkeypatch.setattr(server_gate, "PAUSE", 0.0)
        for mail in mails:
            await actions.deliver(mail)
    assert (len(inbox.mails()), outbox()) == (len(mails), [])


async def test_mail_waits_for_a_turn_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_gate, "PATIENCE", 0.05)
    gate, may_end = ServerGate(), asyncio.Event()

    async def is_slow() -> None:
        async with gate.passage():
            await may_end.wait()

    slow = [asyncio.create_task(is_slow()) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(TryLater, match="too many"):
        await ends(gate)
    may_end.set()
    await asyncio.gather(*slow)
    await ends(gate)


async def test_after_the_pause_one_mail_tries_it_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = ServerGate()
    await fails(gate)
    with pytest.raises(TryLater, match="failed just now"):
        await ends(gate)
    monkeypatch.setattr(server_gate, "PAUSE", 0.0)
    monkeypatch.setattr(server_gate, "PATIENCE", 0.05)
    async with gate.passage():
        with pytest.raises(TryLater, match="failed just now"):
            await ends(gate)
    await asyncio.gather(*(ends(gate) for _ in range(AT_ONCE)))


async def test_mails_that_are_due_together_go_once_the_first_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, may_end = ServerGate(), asyncio.Event()
    await fails(gate)
    monkeypatch.setattr(server_gate, "PAUSE", 0.0)

    async def is_slow() -> None:
        async with gate.passage():
            await may_end.wait()

    first = asyncio.create_task(is_slow())
    await asyncio.sleep(0)
    others = [asyncio.create_task(ends(gate)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    assert not any(other.done() for other in others)
    may_end.set()
    await asyncio.gather(first, *others)


async def test_server_that_fails_at_once_is_asked_whenever_a_mail_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_gate, "SLOW", 5.0)
    gate = ServerGate()
    await fails(gate, FAILURES * 3)
    await ends(gate)


@pytest.mark.parametrize("answer", [None, TryLater("SMTP 451"), GivenUp("SMTP 550")])
async def test_server_that_answers_is_not_away(answer: Exception | None) -> None:
    gate = ServerGate()
    for _ in range(3):
        await fails(gate, FAILURES - 1)
        if answer is None:
            await ends(gate)
            continue
        with pytest.raises(type(answer)):
            await ends(gate, answer)


async def test_mail_that_is_broken_off_says_nothing_of_the_server_and_gives_its_turn_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_gate, "PAUSE", 0.0)
    gate = ServerGate()
    await fails(gate)
    for _ in range(AT_ONCE + 1):
        with pytest.raises(asyncio.CancelledError):
            await ends(gate, asyncio.CancelledError())  # type: ignore[arg-type]  # what a stop raises
    await ends(gate)
