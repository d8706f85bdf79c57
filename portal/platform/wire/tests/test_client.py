"""Which questions are repeated, over which connection, and which never are."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from django.conf import settings

from portal.platform.wire.client import HttpClient
from portal.platform.wire.connector import Connector
from portal.platform.wire.errors import CutOff, Disconnected, NotConnected
from portal.platform.wire.resumption import ResumingContext, client_context
from tests.waiting import PATIENCE

from .server import ANSWER, CERTIFICATES, TIRED, Server, run_server

DEAD = ["reset", "close", "half", "half and reset", "tired"]


def tls() -> ResumingContext:
    context = client_context(str(CERTIFICATES / "ca.pem"))
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with run_server() as server:
        yield server


@pytest_asyncio.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(Connector(at_once=50, setting_up=50, connect_seconds=PATIENCE), 1000)
    yield client
    client.close()


@pytest.fixture
def ask(server: Server, client: HttpClient) -> Callable[..., object]:
    context = tls()

    async def ask(method: str = "POST", body: object = b"question") -> bytes:
        return (await client.ask(method, server.origin, {}, body, tls=context)).body

    return ask


async def test_connection_is_kept(server, ask):
    assert [await ask() for _ in range(3)] == [b"ok"] * 3
    assert server.asked == [0, 0, 0]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", DEAD)
async def test_question_over_a_kept_connection_that_died_is_asked_once_more_over_a_new_one(server, ask, how, method):
    await ask(method)
    server.next = how
    assert await ask(method) == b"ok"
    assert server.asked == [0, 0, 1]


async def test_other_kept_connections_are_not_trusted_with_it(server, ask):
    server.first = "slow"
    await asyncio.gather(*(ask() for _ in range(3)))
    assert server.asked == [0, 1, 2]
    server.first, server.next = "answer", "reset"
    assert await ask() == b"ok"
    assert server.asked == [0, 1, 2, 0, 3]


async def test_it_is_not_asked_a_third_time(server, ask):
    await ask()
    server.first = server.next = "reset"
    with pytest.raises(Disconnected) as caught:
        await ask()
    assert isinstance(caught.value.__cause__, ConnectionResetError)
    assert server.asked == [0, 0, 1]


@pytest.mark.parametrize("unasked", [ANSWER.replace(b"ok", b"no"), TIRED], ids=["answer", "tired"])
async def test_what_comes_before_anything_is_asked_is_no_answer(server, ask, client, unasked):
    server.unasked = unasked
    assert await ask() == b"ok"
    await server.has_sent_unasked.wait()
    # However late a timer fires, what arrived is read in the turns of the loop between them.
    for _ in range(5):
        await asyncio.sleep(0.02)
    server.unasked = b""
    assert [await ask(), await ask()] == [b"ok", b"ok"]
    assert server.asked == [0, 1, 1]
    assert [pool.in_use for pool in client._connector._pools.values()] == [0]


async def test_who_is_tired_of_waiting_for_a_question_on_a_new_connection_is_not_asked_twice(server, client):
    server.first = "tired"
    answer = await client.ask("POST", server.origin, {}, b"question", tls=tls())
    assert answer.status == 408
    assert server.asked == [0]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", DEAD[:-1])
async def test_question_over_a_new_connection_is_asked_once(server, ask, how, method):
    server.first = how
    with pytest.raises(Disconnected):
        await ask(method)
    assert server.asked == [0]


async def test_answer_that_began_is_not_asked_for_again(server, ask):
    await ask()
    server.next = "cut"
    with pytest.raises(CutOff):
        await ask()
    assert server.asked == [0, 0]


async def test_kept_connection_on_which_nothing_arrives_any_more_is_given_up(server, ask):
    server.next = "silent"
    await ask()
    # The system by itself would wait for a quarter of an hour.
    async with asyncio.timeout(PATIENCE):
        assert await ask() == b"ok"
    assert server.asked == [0, 1]


async def test_source_that_acknowledges_is_slow_and_not_dead(server, ask):
    await ask()
    server.next, server.slow_seconds = "slow", 0.7
    assert await ask() == b"ok"
    assert server.asked == [0, 0]


async def test_what_may_be_sent_once_only_is_made_anew(server, ask):
    made: list[bytes] = []

    def body() -> bytes:
        made.append(b"%d" % len(made))
        return made[-1]

    await ask(body=body)
    server.next = "reset"
    await ask(body=body)
    assert made == [b"0", b"1", b"2"]


async def test_nobody_there_is_not_asked_twice(server, client):
    with pytest.raises(NotConnected):
        await client.ask("GET", "https://127.0.0.1:1", {}, tls=tls())
