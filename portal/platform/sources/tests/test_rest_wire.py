"""The JSON transport against a real server over mutual TLS: statuses, sizes, redirects, connections."""

import asyncio
import gzip
import json
import resource
import socket
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.sources.catalogue import DatasetEntry, SourceQuestion
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome
from portal.platform.sources.transports import mutual_tls, rest, rest_token
from portal.platform.sources.transports.answer import AnswerText
from portal.platform.wire import calls
from tests.waiting import PATIENCE

from .json_town import Town, ask, dataset, good, new_question, running, status
from .town import NUMBER, outcome_of

PROBLEM = {"type": "about:blank", "title": "Fout", "status": 502, "detail": f"Niets over {NUMBER}"}


# All that is asked is in this loop, on the clock of which nothing is late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    async with running() as town:
        yield town


@pytest.fixture
def question() -> SourceQuestion:
    return new_question()


async def test_the_question_is_posted_with_token_and_correlation(town, question):
    sent: list[str] = []
    answer = await rest.ask(question, {"insz": NUMBER}, sent=sent)
    assert isinstance(answer, AnswerText)
    assert (json.loads(answer.data)["aantal"], answer.is_empty, [answer.reference]) == (0, False, sent)
    ((request, said),) = town.asked
    assert json.loads(said) == {"insz": NUMBER}
    assert request.headers["Authorization"].startswith("Bearer ")
    assert [request.headers["x-correlation-id"]] == sent
    assert request.headers["X-Magda-Sender-ID"] == settings.MAGDA_SENDER
    assert "X-Magda-Sender-QualityCode" not in request.headers
    assert request.headers["Accept"] == "application/json, application/problem+json"
    assert NUMBER not in str(request.rel_url)


async def test_the_capacity_in_which_we_ask_is_told_where_we_have_one(town, question):
    with override_settings(MAGDA_CAPACITY="1300"):
        await ask(question)
    ((request, _),) = town.asked
    assert request.headers["X-Magda-Sender-QualityCode"] == "1300"


async def test_each_call_has_a_correlation_of_its_own_and_the_log_tells_that_of_trouble(town, caplog):
    caplog.set_level("INFO", "portal.sources")
    with dataset() as entry:
        await outcome_of(entry, NUMBER, "the-page")
        town.answer = status(503)
        await outcome_of(entry, NUMBER, "the-page")
    sent = [request.headers["x-correlation-id"] for request, _ in town.asked]
    assert len(set(sent)) == 2
    assert [record.getMessage().split()[-2:] for record in caplog.records] == [[sent[1], "the-page"]]


async def test_what_would_end_the_string_is_escaped(town, question):
    await ask(question, '1", "x": "\\')
    assert json.loads(town.asked[0][1]) == {"insz": '1", "x": "\\'}


async def test_204_is_an_empty_answer(town, question):
    town.answer = status(204)
    answer = await ask(question)
    assert isinstance(answer, AnswerText)
    assert (answer.is_empty, answer.data) == (True, b"")


async def test_204_beside_exceptions_is_no_empty_answer(town, question):
    town.answer = status(204, **{"x-magda-exceptions": "99996"})
    assert await ask(question) == Down("unavailable", "x-magda-exceptions")


async def test_an_answer_to_another_question_is_a_mismatch(town, question):
    town.answer = status(204, **{"x-correlation-id": "somebody-else"})
    assert await ask(question) == Down("mismatch", "correlation")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, "refused"),
        (401, "refused"),
        (403, "refused"),
        (404, "refused"),
        (429, "busy"),
        (500, "status"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "unavailable"),
    ],
)
async def test_a_problem_is_known_by_its_status_and_its_words_stay_there(town, question, code, reason):
    town.answer = status(code, json.dumps(PROBLEM))
    assert await ask(question) == Down(reason, f"HTTP {code}")


async def test_a_redirect_is_not_followed(town, question):
    town.answer = status(302, Location=f"{town.origin}/v1/vangsten")
    assert await ask(question) == Down("status", "HTTP 302")
    assert len(town.asked) == 1


async def test_a_page_with_status_200_is_brought_home_and_unreadable(town, question):
    town.answer = status(200, "<html>Onderhoud</html>", "text/html")
    answer = await ask(question)
    assert isinstance(answer, AnswerText)
    assert answer.data == b"<html>Onderhoud</html>"


async def test_the_charset_that_the_header_says_is_the_one_it_is_read_in(town, question):
    async def latin(_: web.Request) -> web.StreamResponse:
        body = json.dumps({"naam": "Zoë"}, ensure_ascii=False).encode("latin-1")
        return web.Response(
            body=b"\n" + body + b"\0", headers={"Content-Type": "application/json; charset=iso-8859-1"}
        )

    town.answer = latin
    answer = await ask(question)
    assert isinstance(answer, AnswerText)
    assert json.loads(answer.data) == {"naam": "Zoë"}


async def test_bytes_that_are_no_text_are_unreadable(town, question):
    async def odd(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<A>\x81</A>", headers={"Content-Type": "text/xml; charset=windows-1252"})

    town.answer = odd
    assert await ask(question) == Down("unreadable", "charset")


async def test_an_answer_of_50_mb_is_left_where_it_is(town, question):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b" " * 1024 * 1024)
            sent += 1
        return response

    town.answer = endless
    assert await ask(question) == Down("unreadable", "answer too large")
    assert sent < 50


async def test_a_compressed_answer_is_not_unpacked(town, question):
    small = gzip.compress(b" " * 20 * mutual_tls.LARGEST_ANSWER)

    async def packed(_: web.Request) -> web.StreamResponse:
        return web.Response(body=small, headers={"Content-Encoding": "gzip"})

    town.answer = packed
    assert await ask(question) == Down("unreadable", "charset")


async def test_a_connection_that_is_cut_off_is_down(town, question):
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    town.answer = cut
    assert await ask(question) == Down("connection", "CutOff")


async def test_a_body_that_drips_is_late_and_the_connection_is_closed(town):
    hung_up = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.1)
        except (ConnectionError, asyncio.CancelledError):
            hung_up.set()
        return response

    town.answer = drip
    with dataset(deadline_s=1.0) as entry:
        await rest_token.for_scope(entry.dataset.service.scope, time.monotonic())
        assert isinstance(await outcome_of(entry, NUMBER, "c-1"), Late)
    async with asyncio.timeout(PATIENCE):
        await hung_up.wait()


async def test_nobody_there_is_down(town, question):
    await ask(question)  # for a token
    with override_settings(REST_URL="https://127.0.0.1:1"):
        assert await ask(question) == Down("connection", "NotConnected", is_unsent=True)


async def test_who_takes_no_connection_is_down_before_the_deadline(town, question, monkeypatch):
    await ask(question)  # for a token
    await calls.close()
    monkeypatch.setattr(mutual_tls, "CONNECT_SECONDS", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,
        override_settings(REST_URL=f"https://127.0.0.1:{deaf.getsockname()[1]}"),
    ):
        assert await ask(question) == Down("connection", "ConnectingTookTooLong", is_unsent=True)


def giving_up(town: Town, *numbers: int) -> None:
    """Let the town end the connection instead of answering these questions, counted from 1."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if len(town.asked) in numbers:
            assert request.transport is not None
            request.transport.abort()
        return await good(request)

    town.answer = answer


async def outcomes_of(entry: DatasetEntry, times: int) -> list[Outcome]:
    return [await outcome_of(entry, NUMBER, "c-1") for _ in range(times)]


def votes(entry: DatasetEntry) -> tuple[int, int, int]:
    return gatekeeper.gate_of(entry.question.source).counts(time.monotonic())


async def test_kept_connection_that_the_source_gave_up_is_no_trouble_and_no_vote(town):
    giving_up(town, 2, 4)
    with dataset() as entry:
        assert {type(outcome) for outcome in await outcomes_of(entry, 3)} == {Nothing}
        assert votes(entry) == (3, 0, 0)
    references = [request.headers["x-correlation-id"] for request, _ in town.asked]
    assert [references.index(one) for one in references] == [0, 1, 1, 3, 3]


async def test_source_that_gives_up_the_new_connection_too_is_down(town):
    giving_up(town, 2, 3)
    with dataset() as entry:
        (_, outcome) = await outcomes_of(entry, 2)
        assert votes(entry) == (2, 1, 0)
    assert (outcome.reason, outcome.detail, outcome.is_unsent) == ("connection", "Disconnected", False)
    assert len(town.asked) == 3


async def test_waiting_for_a_connection_of_ours_is_no_vote(town):
    await calls.close()

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return await good(request)

    with override_settings(SOURCES_CONNECTIONS=1), dataset(deadline_s=0.2) as entry:
        await rest_token.for_scope(entry.dataset.service.scope, time.monotonic())
        town.answer = slow
        first, second = await asyncio.gather(outcomes_of(entry, 1), outcomes_of(entry, 1))
        assert (type(first[0]), second) == (Late, [Down("full", "no connection free")])
        assert votes(entry) == (1, 1, 1)
        await calls.close()


async def test_files_that_ran_out_here_are_no_vote(town):
    with dataset() as entry:
        # All files that it takes are read.
        await rest_token.for_scope(entry.question.service.scope, time.monotonic())
        await calls.close()
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            assert await outcomes_of(entry, 1) == [Down("full", "EMFILE", is_unsent=True)]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert votes(entry) == (0, 0, 0)


async def test_session_of_one_origin_is_not_taken_up_at_another(town, question):
    await ask(question)
    one, other = (mutual_tls._tls(origin, False) for origin in (town.origin, "https://127.0.0.1:1"))
    assert (one is other, list(one._sessions), list(other._sessions)) == (False, ["127.0.0.1"], [])


async def test_files_that_ran_out_when_a_kept_connection_had_died_are_no_vote(town):
    giving_up(town, 2)
    with dataset() as entry:
        assert isinstance((await outcomes_of(entry, 1))[0], Nothing)
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            assert await outcomes_of(entry, 1) == [Down("full", "EMFILE")]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert votes(entry) == (1, 0, 0)
