"""The bytes of a question on the wire, and that no part of it can smuggle in a second question."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from portal.platform.wire.calls import CallFailure, HttpLine
from portal.platform.wire.client import HttpClient
from portal.platform.wire.connector import Connector
from portal.platform.wire.errors import UnfitQuestion

from .server import ANSWER, listen

OURS = "User-Agent: mijn-burgerprofiel\r\nAccept-Encoding: identity\r\n"


class Recorder:
    """A server that records the bytes of questions, and its origin."""

    def __init__(self) -> None:
        self.questions: list[bytes] = []
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while question := await reader.read(65536):
            self.questions.append(question)
            writer.write(ANSWER)


@pytest_asyncio.fixture
async def heard() -> AsyncIterator[Recorder]:
    heard = Recorder()
    async with listen(heard.serve) as heard.port:
        yield heard


@contextlib.contextmanager
def client_that(**keeping: bool):
    client = HttpClient(Connector(at_once=1, setting_up=1, connect_seconds=1.0, **keeping), 1000)
    try:
        yield client
    finally:
        client.close()


async def test_question_is_one_piece_with_its_length(heard):
    with client_that() as client:
        headers = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""', "Accept": "text/xml"}
        await client.ask("POST", f"{heard.origin}/a/b?c=d%20e&f", headers, b"<A/>")
    assert heard.questions == [
        f"POST /a/b?c=d%20e&f HTTP/1.1\r\nHost: 127.0.0.1:{heard.port}\r\n{OURS}"
        'Content-Type: text/xml;charset=UTF-8\r\nSOAPAction: ""\r\nAccept: text/xml\r\n'
        "Content-Length: 4\r\n\r\n<A/>".encode()
    ]


async def test_question_without_a_body_says_so_where_one_could_be(heard):
    with client_that(is_kept=False) as client:
        for method in ("GET", "POST"):
            await client.ask(method, heard.origin, {})
        await client.ask("GET", f"{heard.origin}?a", {})
    start = f" HTTP/1.1\r\nHost: 127.0.0.1:{heard.port}\r\n{OURS}Accept: */*\r\nConnection: close\r\n"
    assert heard.questions == [
        f"GET /{start}\r\n".encode(),
        f"POST /{start}Content-Length: 0\r\n\r\n".encode(),
        f"GET /?a{start}\r\n".encode(),
    ]


@pytest.mark.security
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-Evil: c"),
        ("X-A", "b\nX-Evil: c"),
        ("X-A", "b\rX-Evil: c"),
        ("X-A", "b\r\n\r\nGET /evil HTTP/1.1"),
        ("X-A", "b\x00"),
        ("X-A", "b\x85X-Evil: c"),
        ("X-A", "b\u2028X-Evil: c"),
        ("X-A", "\u010d\u010aX-Evil: c"),
        ("X-A: b\r\nX-Evil", "c"),
        ("X-A ", "b"),
        ("X A", "b"),
        ("X-A:", "b"),
        ("Content-Length\n", "9"),
        ("\u0130", "b"),
        ("", "b"),
    ],
)
async def test_header_can_end_no_line(heard, name, value):
    with client_that() as client, pytest.raises(UnfitQuestion):
        await client.ask("GET", heard.origin, {name: value})
    assert heard.questions == []


@pytest.mark.security
@pytest.mark.parametrize(
    "address",
    [
        "{}/a b",
        "{}/a\r\nX-Evil: c",
        "{}/a HTTP/1.1\r\n\r\n",
        "{}/a\n",
        "{}/a\tb",
        "{}/\x00",
        "{}/é",
        "{}/#a",
        "http://user:word@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1\r\n:80/",
        "http://127.0.0.1\\@evil.example/",
        "http:///a",
        "http://",
        "//127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_address_is_an_address_and_nothing_else(heard, address):
    with client_that() as client, pytest.raises(UnfitQuestion):
        await client.ask("GET", address.format(heard.origin), {})
    assert heard.questions == []


@pytest.mark.security
async def test_method_is_a_word(heard):
    with client_that() as client:
        for method in ("GET /evil HTTP/1.1\r\nX-A:", "GET\r\n", "", "G T"):
            with pytest.raises(UnfitQuestion):
                await client.ask(method, heard.origin, {})
    assert heard.questions == []


@pytest.mark.security
async def test_what_wants_tls_never_goes_without(heard):
    with client_that() as client, pytest.raises(UnfitQuestion):
        await client.ask("GET", heard.origin.replace("http", "https"), {})
    assert heard.questions == []


async def test_question_that_is_unfit_never_left_us(heard):
    line = HttpLine(lambda: Connector(at_once=1, setting_up=1, connect_seconds=1.0), 1000)
    lost = await line.call("GET", f"{heard.origin}/a b", {})
    await line.close()
    assert lost == CallFailure("connection", "UnfitQuestion", is_unsent=True)
