"""Which bytes are an answer, where it ends, and which are refused; each rule of framing was a vulnerability once."""

import asyncio
import socket
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.wire.connection import MOST_BESIDE, HttpConnection, Response
from portal.platform.wire.errors import CutOff, Disconnected, NotHttp, TooLarge, WireError

from .answers import CHUNKED, ENDING, LARGEST, LINE, NEXT, WHOLE, cut, exchange

pytestmark = pytest.mark.security

SECOND = LINE + b"Content-Length: 4\r\n\r\nevil"
FILLER = b"x" * 1000


@pytest.mark.parametrize("name", [*WHOLE, *ENDING])
async def test_answer_is_the_same_in_whatever_pieces_it_comes(name):
    data, body = (WHOLE | ENDING)[name]
    one = await exchange([data], ends=name in ENDING)
    assert one.outcome.body == body
    assert one == await exchange([data[at : at + 1] for at in range(len(data))], ends=name in ENDING)
    assert (one.next is None) == (name in ENDING)
    assert one.next is None or one.next.body == b"the second"


@given(st.sampled_from(sorted(WHOLE | ENDING)), st.lists(st.integers(0, 400), max_size=8))
async def test_answer_is_the_same_wherever_it_is_cut(name, places):
    data, _ = (WHOLE | ENDING)[name]
    is_ending = name in ENDING
    assert await exchange(cut(data, places), ends=is_ending) == await exchange([data], ends=is_ending)


@given(
    st.sampled_from(sorted(WHOLE | ENDING)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5), st.binary(max_size=5)), min_size=1, max_size=3),
    st.lists(st.integers(0, 400), max_size=4),
)
async def test_damaged_answer_ends_in_time_and_is_never_the_next_one_s(name, damage, places):
    data, _ = (WHOLE | ENDING)[name]
    for at, gone, instead in damage:
        at %= len(data) + 1
        data = data[:at] + instead + data[at + gone :]
    result = await exchange(cut(data, places))
    assert isinstance(result.outcome, Response | WireError)
    assert result.next is None or result.next == Response(
        200, {"content-length": "10", "x-own": "next"}, b"the second"
    )


@pytest.mark.parametrize(
    "data",
    [
        LINE + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        LINE + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        LINE + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\nokay",
        LINE + b"Content-Length: 4, 4\r\n\r\nokay",
        LINE + b"Content-Length: +4\r\n\r\nokay",
        LINE + b"Content-Length: -1\r\n\r\nokay",
        LINE + b"Content-Length: 0x4\r\n\r\nokay",
        LINE + b"Content-Length:\r\n\r\nokay",
        LINE + b"Content-Length: 99999999999999999999\r\n\r\nokay",
        LINE + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        LINE + b"Transfer-Encoding: chunked, identity\r\n\r\nokay",
        LINE + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        LINE + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nokay\r\n0\r\n\r\n",
        LINE + b"Transfer-Encoding: chunked\t\r\n\r\n4\r\nokay\r\n0\r\n\r\n",
        LINE + b"Transfer-Encoding: xchunked\r\n\r\nokay",
        LINE + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\nokay",
        CHUNKED + b"0x4\r\nokay\r\n0\r\n\r\n",
        CHUNKED + b"4 \r\nokay\r\n0\r\n\r\n",
        CHUNKED + b"\r\nokay\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\nokay",
        CHUNKED + b"4\nokay\n0\n\n",
        CHUNKED + b"4\r\nokay!\r\n0\r\n\r\n",
        CHUNKED + b"4;a\nb\r\nokay\r\n0\r\n\r\n",
        CHUNKED + b"0\r\nX-A: b\nX-C: d\r\n\r\n",
        LINE + b"X-A: b\x01c\r\n\r\n",
        LINE + b"X-A: b\x00c\r\n\r\n",
        LINE + b"X-A: b\x7fc\r\n\r\n",
        LINE + b"X-A: b\rc\r\n\r\n",
        LINE + b"X-A: b\nContent-Length: 0\r\n\r\n",
        LINE + b"X-A: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
        LINE + b" X-A: b\r\n\r\n",
        LINE + b"X-A : b\r\n\r\n",
        LINE + b": b\r\n\r\n",
        LINE + b"no header\r\n\r\n",
        LINE.replace(b"\r", b"") + b"Content-Length: 0\n\n",
        b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + NEXT,
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"<html>no HTTP at all</html>",
    ],
)
async def test_what_can_be_read_in_two_ways_is_no_answer(data):
    result = await exchange([data])
    assert (type(result.outcome), result.next) == (NotHttp, None)


@pytest.mark.parametrize("name", WHOLE)
async def test_what_follows_an_answer_in_the_same_bytes_is_none(name):
    data, body = WHOLE[name]
    result = await exchange([data + SECOND])
    assert (result.outcome.body, result.next) == (body, None)


@pytest.mark.parametrize("rest", [SECOND, b"H", b"\x00", b"0\r\n\r\n"])
async def test_what_follows_an_answer_later_is_none(rest):
    data, _ = WHOLE["length"]
    result = await exchange([data, rest])
    assert (result.outcome.body, result.next) == (b"hello", None)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
@pytest.mark.parametrize("said", [b"Content-Length: 36", b"Transfer-Encoding: chunked"])
async def test_connection_on_which_a_body_may_follow_where_none_belongs_is_not_asked_again(status, said):
    result = await exchange([b"HTTP/1.1 " + status + b"\r\n" + said + b"\r\n\r\n"])
    assert (result.outcome.body, result.next) == (b"", None)


async def test_connection_that_says_there_is_no_body_where_none_belongs_is_kept():
    result = await exchange([b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"])
    assert (result.outcome.body, result.next.body) == (b"", b"the second")


async def test_who_sends_chunks_by_the_old_protocol_is_not_asked_again():
    """A proxy that speaks HTTP/1.0 knows no chunks, and means another thing by keeping a connection than we do."""
    result = await exchange(
        [CHUNKED.replace(b"1.1", b"1.0").replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n") + b"0\r\n\r\n"]
    )
    assert (result.outcome.body, result.next) == (b"", None)


@pytest.mark.parametrize("said", [b"Content-Length: 500", b"Transfer-Encoding: chunked", b"X-A: b"])
async def test_answer_to_head_has_no_body(said):
    result = await exchange([LINE + said + b"\r\n\r\n"], is_head=True)
    assert (result.outcome.status, result.outcome.body, result.next) == (200, b"", None)


async def test_body_ends_with_the_connection_only_where_nothing_else_ends_it():
    for data, _ in WHOLE.values():
        result = await exchange([data[:-1]])
        assert (type(result.outcome), result.next) in ((CutOff, None), (Disconnected, None))
    assert type((await exchange([])).outcome) is Disconnected
    assert type((await exchange([LINE])).outcome) is Disconnected


@pytest.mark.parametrize(
    "data",
    [
        LINE + b"Content-Length: 1001\r\n\r\n",
        CHUNKED + b"3e9\r\n" + FILLER + b".",
        CHUNKED + b"3e8\r\n" + FILLER + b"\r\n1\r\n.",
        LINE + b"\r\n" + FILLER + b".",
    ],
)
async def test_body_that_is_too_large_is_read_no_further(data):
    result = await exchange([data])
    assert isinstance(result.outcome, TooLarge)
    assert (result.outcome.status, result.next) == (200, None)


async def test_body_may_be_as_large_as_it_may_be():
    result = await exchange([LINE + b"Content-Length: %d\r\n\r\n" % LARGEST, FILLER])
    assert (len(result.outcome.body), result.next is None) == (LARGEST, False)


async def test_body_in_the_smallest_pieces_takes_no_more_room_than_it_is_large():
    chunks, times = b"2\r\n..\r\n" * 1000, 100
    taken = 0

    def pieces():
        nonlocal taken
        yield CHUNKED
        for _ in range(times):
            yield chunks
        taken, _ = tracemalloc.get_traced_memory()
        yield b"0\r\n\r\n"

    tracemalloc.start()
    try:
        result = await exchange(pieces(), largest=2000 * times)
    finally:
        tracemalloc.stop()
    assert len(result.outcome.body) == 2000 * times
    # Half of it again for how a buffer grows, and some for all the rest.
    assert taken < 3000 * times + 100_000


# How a server can send for ever without any content; each is a loop without end in some client.
ENDLESS = {
    "a value": (LINE + b"X-A: ", FILLER),
    "headers": (LINE, b"X-A: " + FILLER + b"\r\n"),
    "a reason": (b"HTTP/1.1 200 ", FILLER),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\nX-A: " + FILLER + b"\r\n\r\n"),
    "an extension": (CHUNKED + b"5;", FILLER),
    "trailers": (CHUNKED + b"0\r\n", b"X-A: " + FILLER + b"\r\n"),
    "empty lines": (b"", b"\r\n" * 500),
}


@pytest.mark.parametrize("kind", ENDLESS)
async def test_what_never_comes_to_content_is_given_up(kind):
    sent = 0

    def pieces():
        nonlocal sent
        start, piece = ENDLESS[kind]
        yield start
        while sent < 10 * MOST_BESIDE:
            sent += len(piece)
            yield piece

    result = await exchange(pieces())
    assert (type(result.outcome), result.next) == (NotHttp, None)
    assert sent < 2 * MOST_BESIDE


async def test_header_in_one_piece_is_bounded_too():
    result = await exchange([LINE + b"X-A: b\r\n" * (MOST_BESIDE // 4) + b"Content-Length: 0\r\n\r\n"])
    assert (type(result.outcome), result.next) == (NotHttp, None)


async def test_status_that_nobody_expects_is_known_before_its_body():
    result = await exchange([b"HTTP/1.1 503 Busy\r\nContent-Length: 500\r\n\r\nand then"], expected=[200])
    assert result.outcome == Response(503, {"content-length": "500"}, b"")
    assert result.next is None
    data, _ = WHOLE["error"]
    result = await exchange([data], expected=[200])
    assert (result.outcome.status, result.outcome.body, result.next.body) == (503, b"", b"the second")


async def test_trailer_takes_no_header_s_place():
    data, _ = WHOLE["trailers"]
    assert (await exchange([data])).outcome.headers == {"transfer-encoding": "chunked"}


async def test_interim_answer_says_nothing_of_the_one_that_follows():
    data, _ = WHOLE["interim"]
    assert (await exchange([data])).outcome.headers == {"content-length": "10", "x-own": "next"}


async def test_connection_that_ended_before_it_was_asked_says_so(caplog):
    ours, theirs = socket.socketpair()
    _, connection = await asyncio.get_running_loop().create_connection(HttpConnection, sock=ours)
    theirs.close()
    await asyncio.sleep(0.01)
    with pytest.raises(Disconnected):
        await connection.ask(b"question", largest=LARGEST)
    assert caplog.records == []


async def test_header_is_known_by_its_name_in_lower_case_and_the_last_of_a_name_holds():
    result = await exchange([LINE + b"CONTENT-length: 0\r\nX-A: 1\r\nx-a: \xe92\r\n\r\n"])
    assert result.outcome.headers == {"content-length": "0", "x-a": "é2"}
