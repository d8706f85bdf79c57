"""The JSON transport against a real server over mutual TLS: statuses, sizes, redirects, and how tokens are kept."""

import asyncio
import gzip
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.access import oidc
from portal.platform.sources import fetch
from portal.platform.sources.catalogue import Entry, Question
from portal.platform.sources.reading.outcomes import Down, Late
from portal.platform.sources.transports import rest, rest_token, wire
from portal.platform.sources.transports.answer import Answer

from .test_rest_answer import SERVICE, entry_of
from .town import NUMBER

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
CERTIFICATES = Path(settings.MAGDA_CA_FILE).parent
PROBLEM = {"type": "about:blank", "title": "Fout", "status": 502, "detail": f"Niets over {NUMBER}"}


async def good(_: web.Request) -> web.StreamResponse:
    return web.json_response({"persoon": {"insz": NUMBER}, "aantal": 0, "vangsten": []})


def status(code: int, text: str = "", kind: str = "application/problem+json", **headers: str) -> Answers:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=text or None, content_type=kind, headers=headers)

    return answer


def granting(**more: Any) -> Answers:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"access_token": str(uuid4()), "token_type": "Bearer", "expires_in": 300} | more)

    return answer


class Town:
    """A JSON service and an authorization server: what they answer, and what they were asked."""

    def __init__(self) -> None:
        self.answer: Answers = good
        self.grant: Answers = granting()
        self.asked: list[tuple[web.BaseRequest, bytes]] = []
        self.forms: list[dict[str, Any]] = []
        self.origin = ""

    async def service(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request, await request.read()))
        return await self.answer(request)

    async def token(self, request: web.Request) -> web.StreamResponse:
        self.forms.append(dict(await request.post()))
        return await self.grant(request)


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    town = Town()
    app = web.Application()
    app.router.add_post("/v1/vangsten", town.service)
    app.router.add_post("/token", town.token)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=CERTIFICATES / "ca.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_cert_chain(CERTIFICATES / "town.pem", CERTIFICATES / "town.key")
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    town.origin = f"https://127.0.0.1:{runner.addresses[0][1]}"
    with override_settings(REST_URL=town.origin, REST_TOKEN_URL=f"{town.origin}/token"):
        yield town
        await wire.close()
    await runner.cleanup()


@pytest.fixture
def question() -> Question:
    """A question whose scope nobody has asked before: tokens live as long as the worker."""
    service = msgspec.structs.replace(SERVICE, scope=f"dv_{uuid4().hex}")
    return Question("town-catches", service, '{"insz": "${insz}"}')


async def ask(question: Question, insz: str = NUMBER) -> Answer | Down:
    return await rest.ask(question, {"insz": insz}, correlation_id="c-1")


# --- the service --------------------------------------------------------------------------------------------


async def test_the_question_is_posted_with_token_and_correlation(town, question):
    answer = await ask(question)
    assert isinstance(answer, Answer)
    assert (json.loads(answer.data)["aantal"], answer.is_empty, answer.reference) == (0, False, None)
    ((request, sent),) = town.asked
    assert json.loads(sent) == {"insz": NUMBER}
    assert request.headers["Authorization"].startswith("Bearer ")
    assert request.headers["x-correlation-id"] == "c-1"
    assert request.headers["X-Magda-Sender-ID"] == settings.MAGDA_SENDER
    assert request.headers["Accept"] == "application/json, application/problem+json"
    assert NUMBER not in str(request.rel_url)


async def test_what_would_end_the_string_is_escaped(town, question):
    await ask(question, '1", "x": "\\')
    assert json.loads(town.asked[0][1]) == {"insz": '1", "x": "\\'}


async def test_204_is_an_empty_answer(town, question):
    town.answer = status(204)
    answer = await ask(question)
    assert isinstance(answer, Answer)
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
    assert isinstance(answer, Answer)
    assert answer.data == b"<html>Onderhoud</html>"


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
    small = gzip.compress(b" " * 20 * wire.LARGEST_ANSWER)

    async def packed(_: web.Request) -> web.StreamResponse:
        return web.Response(body=small, headers={"Content-Encoding": "gzip"})

    town.answer = packed
    answer = await ask(question)
    assert isinstance(answer, Answer)
    assert answer.data == small


async def test_a_connection_that_is_cut_off_is_down(town, question):
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    town.answer = cut
    assert await ask(question) == Down("connection", "ClientPayloadError")


async def test_a_body_that_drips_is_late_and_the_connection_is_closed(town):
    hung_up = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.005)
        except (ConnectionError, asyncio.CancelledError):
            hung_up.set()
        return response

    town.answer = drip
    entry = entry_of(msgspec.structs.replace(SERVICE, scope=f"dv_{uuid4().hex}"))
    with TemporaryDirectory() as folder:
        (Path(folder) / "requests").mkdir()
        (Path(folder) / "requests" / SERVICE.question).write_text('{"insz": "${insz}"}')
        agency = msgspec.structs.replace(entry.agency, folder=Path(folder))
        dataset = msgspec.structs.replace(entry.dataset, source=uuid4().hex, deadline_s=1.0)
        await rest_token.for_scope(dataset.service.scope, time.monotonic())
        assert isinstance(await fetch.ask(Entry(agency, dataset, entry.parse), NUMBER, correlation_id="c-1"), Late)
    async with asyncio.timeout(5):
        await hung_up.wait()


async def test_nobody_there_is_down(town, question):
    await ask(question)  # for a token
    with override_settings(REST_URL="https://127.0.0.1:1"):
        assert await ask(question) == Down("connection", "ClientConnectorError")


# --- tokens -------------------------------------------------------------------------------------------------


async def test_the_token_is_asked_with_a_signed_assertion(town, question):
    await ask(question)
    (form,) = town.forms
    assert form.pop("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    key = oidc.client().key.public_key()
    claims = jwt.decode(form.pop("client_assertion"), key, ["RS256"], audience=settings.REST_TOKEN_AUDIENCE)
    assert form == {
        "grant_type": "client_credentials",
        "scope": question.service.scope,
        "client_id": settings.OIDC_CLIENT_ID,
    }
    assert (claims["iss"], claims["sub"]) == (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_ID)
    assert datetime.fromtimestamp(claims["exp"], UTC) < datetime.now(UTC) + timedelta(minutes=2)


@pytest.mark.parametrize(("lives", "kept"), [(300, 270), (60, 30), (20, 10)])
async def test_a_token_is_kept_until_near_its_end(town, question, lives, kept):
    town.grant = granting(expires_in=lives)
    scope = question.service.scope
    first = await rest_token.for_scope(scope, 1000.0)
    assert await rest_token.for_scope(scope, 1000.0 + kept - 1) == first
    assert await rest_token.for_scope(scope, 1000.0 + kept) != first
    assert len(town.forms) == 2


async def test_whoever_asks_at_the_same_moment_shares_one_request(town, question):
    tokens = await asyncio.gather(*(rest_token.for_scope(question.service.scope, 0.0) for _ in range(20)))
    assert (len(set(tokens)), len(town.forms)) == (1, 1)


async def test_a_reader_who_leaves_does_not_take_the_token_from_the_others(town, question):
    leaving, staying = (asyncio.create_task(rest_token.for_scope(question.service.scope, 0.0)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert isinstance(await staying, str)
    assert leaving.cancelled()
    assert len(town.forms) == 1


async def test_each_scope_has_a_token_of_its_own(town, question):
    first = await rest_token.for_scope(question.service.scope, 0.0)
    assert await rest_token.for_scope(f"{question.service.scope}_other", 0.0) != first


@pytest.mark.parametrize(
    ("grant", "outcome"),
    [
        (status(400, '{"error": "invalid_scope"}'), Down("refused", "token: HTTP 400")),
        (status(401, '{"error": "invalid_client"}'), Down("refused", "token: HTTP 401")),
        (status(503), Down("unavailable", "token: HTTP 503")),
        (status(302, Location="/token"), Down("status", "token: HTTP 302")),
        (status(200, "<html></html>", "text/html"), Down("unreadable", "token")),
        (granting(access_token=None), Down("unreadable", "token")),
        (granting(access_token=""), Down("unreadable", "token")),
        (granting(access_token="a\r\nX-Other: b"), Down("unreadable", "token")),
        (granting(access_token="a\n"), Down("unreadable", "token")),
        (granting(access_token="é"), Down("unreadable", "token")),
        (granting(expires_in="soon"), Down("unreadable", "token")),
        (granting(expires_in=-300), Down("unreadable", "token")),
        (status(200, '{"access_token": "a", "expires_in": 300, "x": ' + "[" * 50_000), Down("unreadable", "token")),
    ],
)
async def test_without_a_token_the_service_is_not_asked(town, question, grant, outcome):
    town.grant = grant
    assert await ask(question) == outcome
    assert town.asked == []
    town.grant = granting()
    assert isinstance(await ask(question), Answer)


async def test_an_authorization_server_that_is_not_there_is_down(town, question):
    with override_settings(REST_TOKEN_URL="https://127.0.0.1:1/token"):
        assert await ask(question) == Down("connection", "token: ClientConnectorError")


async def test_a_token_that_the_service_refuses_is_forgotten(town, question):
    await ask(question)
    town.answer = status(401)
    assert await ask(question) == Down("refused", "HTTP 401")
    assert len(town.forms) == 1
    town.answer = good
    assert isinstance(await ask(question), Answer)
    assert len(town.forms) == 2


async def test_a_token_is_never_printed():
    assert repr(rest_token.Granted("secret", 300.0)) == "Granted(…)"
