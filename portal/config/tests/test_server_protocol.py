"""What the server itself does with a connection, on a real socket: limits, clocks, and what is ambiguous."""

import asyncio
import re
import socket
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network

import pytest
from django.test import override_settings
from uvicorn import Config
from uvicorn.server import ServerState

from portal.config import refusals, server_protocol
from portal.config.security_headers import EVERY_ANSWER
from portal.config.server_protocol import Protocol
from portal.config.uploads import WHOLE
from tests.waiting import until

# Both ends are in this loop, and no machine is so slow that a clock of ours ends.
pytestmark = pytest.mark.usefixtures("clock")

HEAD = b"GET /a HTTP/1.1\r\nHost: ours\r\n"
GET = HEAD + b"\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: ours\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: %s\r\n"


class Town:
    """An application that tells what it was asked.

    `/slow` waits to be let go, `/much` sends ten megabytes, `/quick` answers before it has read.
    """

    def __init__(self):
        self.asked = []
        self.were_whole = []
        self.left = 0
        self.connections = set()
        self.gate = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["path"])
        self.were_whole.append(WHOLE in scope.get("extensions", ()))
        body = b""
        while scope["path"] != "/quick":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left += 1
                return
            body += message["body"]
            if not message["more_body"]:
                break
        if scope["path"] == "/slow":
            await self.gate.wait()
        answer = scope["path"].encode() + b" " + body
        if scope["path"] == "/much":
            answer = b"x" * 10_000_000
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


@asynccontextmanager
async def served(*, limit_concurrency=None, **changed):
    """Serve the town; gives it and its port. changed: settings."""
    town = Town()
    state = ServerState()
    town.connections = state.connections
    config = Config(
        town,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_keep_alive=0.3,
        limit_concurrency=limit_concurrency,
    )
    config.load()
    loop = asyncio.get_running_loop()
    with override_settings(**changed):
        server = await loop.create_server(lambda: Protocol(config, state, {}), "127.0.0.1", 0)
        try:
            yield town, server.sockets[0].getsockname()[1]
        finally:
            town.gate.set()
            server.close()
            for connection in list(state.connections):
                connection.transport.abort()
            await until(lambda: not (state.connections or state.tasks))


async def answers_to(port, *pieces, wait=0.0):
    """Send pieces on a connection and read until it ends; gives all that came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(wait)
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        await parted(writer)


async def parted(writer):
    """Close our end."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


def statuses(answer):
    """Read the status of each answer."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answer)]


CLOSE = b"GET /end HTTP/1.1\r\nHost: ours\r\nConnection: close\r\n\r\n"

AMBIGUOUS = {
    "a length and pieces": (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "pieces and a length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", 400),
    "two equal lengths": (POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "a list of lengths": (POST + b"Content-Length: 4, 4\r\n\r\nabcd", 400),
    "a signed length": (POST + b"Content-Length: +4\r\n\r\nabcd", 400),
    "a negative length": (POST + b"Content-Length: -4\r\n\r\nabcd", 400),
    "pieces of another name": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    "pieces and more": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "pieces twice": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "pieces not last": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
    "pieces in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a space before the colon": (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    "a bare line feed": (HEAD + b"X: b\n\r\n", 400),
    "a bare carriage return": (HEAD + b"X: a\rY: b\r\n\r\n", 400),
    "only line feeds": (b"GET / HTTP/1.1\nHost: ours\n\n", 400),
    "a folded header": (HEAD + b"X: b\r\n c\r\n\r\n", 400),
    "a header without a colon": (HEAD + b"foo\r\n\r\n", 400),
    "a zero byte": (HEAD + b"X: a\0b\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (HEAD + b"Host: ours\r\n\r\n", 400),
    "another host in the address": (b"GET http://evil/ HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
    "an address with a letter that is none": (b"GET /\xff HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 505),
    "a version that is none": (b"GET / HTTP/1.2\r\nHost: ours\r\n\r\n", 400),
    "HTTP/2 without asking": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a tunnel": (b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n", 405),
    "no page": (b"OPTIONS * HTTP/1.1\r\nHost: ours\r\n\r\n", 400),
    "a body with another protocol": (
        POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
        400,
    ),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00", 400),
}


@pytest.mark.parametrize("what", AMBIGUOUS)
async def test_ambiguous_request_is_refused_and_nothing_behind_it_is_served(what):
    sent, status = AMBIGUOUS[what]
    async with served() as (town, port):
        assert statuses(await answers_to(port, sent + b"GET /smuggled HTTP/1.1\r\nHost: ours\r\n\r\n")) == [status]
        assert town.asked == []


BROKEN = {
    "a size that is none": b"-1\r\nx",
    "a size beyond all": b"fffffffffffffffff\r\nx",
    "a line feed after a size": b"1\nx\n0\n\n",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_broken_body_ends_its_request(what):
    async with served() as (town, port):
        assert statuses(await answers_to(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + BROKEN[what])) == [400]
        assert (town.asked, town.left) == (["/a"], 1)


async def test_plain_request_is_served():
    async with served() as (town, port):
        assert (await answers_to(port, POST + b"Content-Length: 2\r\n\r\nhi" + CLOSE)).endswith(b"/end ")
        assert statuses(await answers_to(port, b"GET http://ours/a HTTP/1.1\r\nHost: ours\r\n\r\n" + CLOSE)) == [
            200,
            200,
        ]
        assert statuses(await answers_to(port, b"GET /a HTTP/1.0\r\n\r\n")) == [200]
        assert town.were_whole == [True] * 5


async def test_pieces_have_extensions_and_trailers_that_say_nothing():
    pieces = b"".join(b"1;a=b\r\nx\r\n" for _ in range(1000)) + b"0\r\nHost: evil\r\n\r\n"
    async with served() as (_, port):
        answer = await answers_to(port, POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces)
        assert answer.endswith(b"/a " + b"x" * 1000)


async def test_pieces_that_are_all_extension_are_refused():
    async with served() as (town, port):
        begin = POST + b"Transfer-Encoding: chunked\r\n\r\n1;"
        assert statuses(await answers_to(port, begin, *[b"a" * 50_000] * 3)) == [400]
        assert town.left == 1


async def test_refusal_is_a_page_in_dutch_with_every_header():
    async with served() as (_, port):
        head, _, body = (await answers_to(port, b"nonsense\r\n\r\n")).partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert body == refusals.page(400)[1]
    assert {name: fields[name.lower()] for name in EVERY_ANSWER} == EVERY_ANSWER
    assert (fields["content-type"], fields["connection"]) == ("text/html; charset=utf-8", "close")


LARGE = {
    "an address": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n", 414),
    "an address without an end": (b"GET /" + b"a" * 9_000, 414),
    "a header": (HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "a header without an end": (HEAD + b"X: " + b"a" * 200_000, 431),
    "many headers": (HEAD + b"X: a\r\n" * 100 + b"\r\n", 431),
    "long names": (HEAD + b"a" * 70_000 + b": b\r\n\r\n", 431),
}


@pytest.mark.parametrize("what", LARGE)
async def test_large_head_is_refused(what):
    sent, status = LARGE[what]
    async with served() as (town, port):
        assert statuses(await answers_to(port, *(sent[at : at + 30_000] for at in range(0, len(sent), 30_000)))) == [
            status
        ]
        assert town.asked == []


async def test_head_of_the_largest_size_is_served():
    async with served() as (_, port):
        assert statuses(await answers_to(port, HEAD + b"X: " + b"a" * 65_000 + b"\r\nConnection: close\r\n\r\n")) == [
            200
        ]
        assert statuses(await answers_to(port, b"GET /" + b"a" * 8_000 + b" HTTP/1.0\r\n\r\n")) == [200]


async def test_slow_head_is_given_up_however_it_drips():
    async with served(REQUEST_HEAD_SECONDS=0.2) as (town, port):
        assert statuses(await answers_to(port, HEAD, *[b"X: y\r\n"] * 20, wait=0.02)) == [408]
        assert await answers_to(port) == b""  # a connection on which nothing is asked ends without a word
        assert await answers_to(port, *[b"\r\n"] * 20, wait=0.02) == b""
        assert statuses(await answers_to(port, GET, HEAD, wait=0.02)) == [200, 408]
        assert town.asked == ["/a"]


async def test_slow_head_behind_an_answer_under_way_does_not_harm_it():
    async with served(REQUEST_HEAD_SECONDS=0.1) as (town, port):
        asyncio.get_running_loop().call_later(0.3, town.gate.set)
        answer = await answers_to(port, b"GET /slow HTTP/1.1\r\nHost: ours\r\n\r\n" + HEAD)
        assert statuses(answer) == [200]
        assert answer.endswith(b"/slow ")


async def test_connection_that_is_not_used_ends():
    async with served() as (_, port):
        assert statuses(await answers_to(port, GET)) == [200]


async def test_few_requests_wait_behind_one_and_a_flood_ends():
    async with served() as (town, port):
        slow = b"GET /slow HTTP/1.1\r\nHost: ours\r\n\r\n"
        asyncio.get_running_loop().call_later(0.1, town.gate.set)
        assert statuses(await answers_to(port, slow + GET * 7 + CLOSE)) == [200] * 9
        town.gate.clear()
        asyncio.get_running_loop().call_later(0.1, town.gate.set)
        assert statuses(await answers_to(port, slow + GET * 100)) == [200]


async def test_whoever_leaves_is_noticed_by_the_answer_under_way_though_more_was_asked():
    async with served() as (town, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Content-Length: 5\r\n\r\nab")
        await until(lambda: town.asked)
        writer.transport.abort()
        await until(lambda: town.left)


async def test_another_protocol_is_not_spoken():
    async with served() as (town, port):
        for protocol in (b"h2c", b"websocket"):
            assert statuses(
                await answers_to(port, HEAD + UPGRADE % protocol + b"\r\nGET /more HTTP/1.1\r\n\r\n")
            ) == [200]
        assert town.asked == ["/a", "/a"]


async def test_body_that_nobody_read_is_not_taken_for_a_request():
    async with served() as (town, port):
        begin = b"POST /quick HTTP/1.1\r\nHost: ours\r\nContent-Length: 1000\r\n\r\n"
        assert statuses(await answers_to(port, begin, CLOSE, wait=0.05)) == [200]
        assert town.asked == ["/quick"]


async def test_whoever_asks_first_whether_to_send_a_body_hears_it():
    async with served() as (town, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hi" + CLOSE)
        assert statuses(await reader.read()) == [200, 200]
        await parted(writer)
        # Only a body that came with its head had arrived when the application was called.
        assert town.were_whole == [False, True]


async def test_client_that_takes_nothing_in_is_let_go():
    async with served(ANSWER_SECONDS=0.2) as (town, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /much HTTP/1.1\r\nHost: ours\r\n\r\n")
        await until(lambda: town.connections)
        # The kernel gives up who does not even confirm.
        ours = next(iter(town.connections)).transport.get_extra_info("socket")
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
        await asyncio.sleep(0.5)
        size = 0
        with suppress(ConnectionError):
            while piece := await reader.read(1_000_000):
                size += len(piece)
        assert 0 < size < 10_000_000
        await parted(writer)


async def test_client_that_takes_in_slowly_has_all_of_its_answer():
    async with served(ANSWER_SECONDS=0.3) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /much HTTP/1.1\r\nHost: ours\r\nConnection: close\r\n\r\n")
        began, size = asyncio.get_running_loop().time(), 0
        while piece := await reader.read(500_000):
            size += len(piece)
            # As slowly as takes twice as long in all, whatever the kernel holds.
            await asyncio.sleep(began + 0.8 * size / 10_000_000 - asyncio.get_running_loop().time())
        assert size > 10_000_000
        await parted(writer)


@asynccontextmanager
async def opened(port, count, sent=b""):
    """Open connections, one after another, and send something on each; gives (reader, writer) pairs."""
    made = []
    try:
        for _ in range(count):
            made.append(await asyncio.open_connection("127.0.0.1", port))
            made[-1][1].write(sent)
            await asyncio.sleep(0.01)
        yield made
    finally:
        for _, writer in made:
            await parted(writer)


async def test_oldest_half_sent_request_gives_way_to_others_of_its_network():
    async with served(HALF_SENT_PER_NETWORK=3) as (town, port), opened(port, 4, HEAD) as made:
        assert statuses(await asyncio.wait_for(made[0][0].read(), 1)) == [408]
        assert len(town.connections) == 3  # it is closed, and not only about to be
        made[3][1].write(b"Connection: close\r\n\r\n")
        assert statuses(await made[3][0].read()) == [200]
        assert server_protocol.half_sent.count("127.0.0.1") == 2


async def test_network_has_so_many_connections_and_those_that_are_answered_stay():
    slow = b"GET /slow HTTP/1.0\r\n\r\n"
    async with served(CONNECTIONS_PER_NETWORK=2) as (town, port), opened(port, 2, slow) as made:
        answer = await answers_to(port)
        assert statuses(answer) == [503]
        assert b"\r\nretry-after: 5\r\n" in answer
        town.gate.set()
        for reader, _ in made:
            assert statuses(await reader.read()) == [200]
        assert statuses(await answers_to(port, CLOSE)) == [200]


async def test_connection_that_is_idle_gives_way_to_a_new_one():
    async with served(CONNECTIONS_PER_NETWORK=1) as (_, port), opened(port, 1, GET) as made:
        assert statuses(await answers_to(port, CLOSE)) == [200]
        assert statuses(await asyncio.wait_for(made[0][0].read(), 0.5)) == [200]


async def test_connections_of_our_proxy_are_not_one_network():
    limits = {"CONNECTIONS_PER_NETWORK": 1, "HALF_SENT_PER_NETWORK": 1}
    ours = frozenset({ip_network("127.0.0.0/8")})
    async with served(**limits, PROXIES=ours) as (_, port), opened(port, 4, HEAD) as made:
        for reader, writer in made:
            writer.write(b"Connection: close\r\n\r\n")
            assert statuses(await reader.read()) == [200]


async def test_server_with_too_much_to_do_says_so_kindly():
    async with served(limit_concurrency=1) as (town, port):
        answer = await answers_to(port, GET)
    assert answer.endswith(refusals.page(503)[1])
    assert b"strict-transport-security" in answer
    assert town.asked == []
