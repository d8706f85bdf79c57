"""Tokens for JSON services: how they are asked for, kept, refused and replaced."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.access.client import ours
from portal.platform.sources.catalogue import SourceQuestion
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.reading.outcomes import Down, Late, Nothing
from portal.platform.sources.transports import rest, rest_token
from portal.platform.sources.transports.answer import AnswerText

from .json_town import Answers, Town, ask, dataset, good, granting, new_question, running, status
from .town import NUMBER, outcome_of

# All that is asked is in this loop, on the clock of which nothing is late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    # What failed in other tests closes no gate.
    gatekeeper._gates.clear()
    async with running() as town:
        yield town
    gatekeeper._gates.clear()


@pytest.fixture
def question() -> SourceQuestion:
    return new_question()


async def test_the_token_is_asked_with_a_signed_assertion(town, question):
    await ask(question)
    (form,) = town.forms
    assert form.pop("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    key = ours().key.public_key()
    claims = jwt.decode(form.pop("client_assertion"), key, ["RS256"], audience=settings.REST_TOKEN_AUDIENCE)
    assert form == {
        "grant_type": "client_credentials",
        "scope": question.service.scope,
        "client_id": settings.OIDC_CLIENT_ID,
    }
    assert (claims["iss"], claims["sub"]) == (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_ID)
    assert datetime.fromtimestamp(claims["exp"], UTC) < datetime.now(UTC) + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("lives", "kept"),
    [
        (300, 270),
        (60, 30),
        (20, 10),
        ("300", 270),
        *[(nonsense, 270) for nonsense in (None, "soon", "nan", 0, -1, [], 10**400)],
        (10**12, 86400 - 30),
    ],
)
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
        (granting(access_token="two\r\nlines"), Down("unreadable", "token")),
        (granting(access_token="a\n"), Down("unreadable", "token")),
        (granting(access_token="a" * 8193), Down("unreadable", "token")),
        (granting(access_token="é"), Down("unreadable", "token")),
        (status(200, '{"access_token": "a", "expires_in": 300, "x": ' + "[" * 50_000), Down("unreadable", "token")),
    ],
)
async def test_without_a_token_the_service_is_not_asked(town, question, grant, outcome):
    town.grant = grant
    assert await ask(question) == of_the_server(outcome)
    assert town.asked == []
    town.grant = granting()
    assert isinstance(await ask(question), AnswerText)


async def test_an_authorization_server_that_is_not_there_is_down(town, question):
    with override_settings(REST_TOKEN_URL="https://127.0.0.1:1/token"):
        assert await ask(question) == of_the_server(Down("connection", "token: NotConnected"))


def of_the_server(down: Down) -> Down:
    """Say of trouble that it is the authorization server's: nothing of the question left us."""
    return msgspec.structs.replace(down, is_elsewhere=True, is_unsent=True)


def hanging(until: asyncio.Event) -> Answers:
    """Answer as a server that hangs until something happens."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await until.wait()
        return await granting()(request)

    return answer


def counts(source: str) -> tuple[int, int, int]:
    return gatekeeper.gate_of(source).counts(time.monotonic())


@pytest.mark.parametrize("deadline", [0.1, 1.0], ids=["deadline of the dataset", "deadline of the token"])
async def test_a_token_that_does_not_come_is_no_vote_against_the_service(town, monkeypatch, deadline):
    over = asyncio.Event()
    town.grant = hanging(over)
    monkeypatch.setattr(rest_token, "SECONDS", 0.3)
    no_answer = of_the_server(Down("connection", "token: no answer"))
    with dataset(deadline_s=deadline) as entry:
        outcome = await outcome_of(entry, NUMBER, "c-1")
        assert msgspec.structs.replace(outcome, asked_at=None, since=None) == no_answer
        await asyncio.sleep(0.3)
        assert (counts(entry.question.source), gatekeeper.gate_of(entry.question.source).under_way) == ((0, 0, 0), 0)
        assert counts("tokens") == (1, 1, 1)
        over.set()


async def test_a_token_that_comes_slowly_makes_the_service_not_slow(town):
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.6)
        return await granting()(request)

    town.grant = slow
    with dataset(deadline_s=1.0) as entry:
        assert isinstance(await outcome_of(entry, NUMBER, "c-1"), Nothing)
        assert counts(entry.question.source) == (1, 0, 0)


@pytest.mark.parametrize(("seconds", "counted"), [(0.9, (0, 0, 0)), (0.3, (1, 1, 1))])
async def test_a_service_to_which_the_token_left_little_time_is_not_judged(town, seconds, counted):
    over = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await granting()(request)

    town.grant, town.answer = slow, hanging(over)
    with dataset(deadline_s=1.0) as entry:
        assert isinstance(await outcome_of(entry, NUMBER, "c-1"), Late)
        gate = gatekeeper.gate_of(entry.question.source)
        assert (counts(entry.question.source), gate.under_way) == (counted, 0)
    over.set()


async def test_an_authorization_server_that_fails_is_left_alone(town):
    town.grant = status(500)
    with override_settings(SOURCES_BREAKER_CALLS=2):
        outcomes = [await ask(new_question()) for _ in range(3)]
    assert [(down.reason, down.detail) for down in outcomes] == [
        ("status", "token: HTTP 500"),
        ("status", "token: HTTP 500"),
        ("failing", "token: failing"),
    ]
    assert len(town.forms) == 2


async def test_an_authorization_server_that_is_switched_off_is_not_asked(town, question):
    with override_settings(SOURCES_OFF=frozenset({"tokens"})):
        assert await ask(question) == of_the_server(Down("off", "token: off"))
    assert town.forms == []


def only(*tokens: str) -> Answers:
    """Answer as a service that takes no other tokens."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"].removeprefix("Bearer ") in tokens:
            return await good(request)
        return web.Response(status=401)

    return answer


async def test_a_token_that_the_service_refuses_is_replaced_and_the_question_asked_once_more(town, question):
    town.grant = granting(access_token="old")
    await ask(question)
    town.grant, town.answer = granting(access_token="new"), only("new")
    sent: list[str] = []
    assert isinstance(await rest.ask(question, {"insz": NUMBER}, sent=sent), AnswerText)
    assert [request.headers["x-correlation-id"] for request, _ in town.asked][1:] == sent
    assert (len(set(sent)), len(town.forms)) == (2, 2)


async def test_a_service_that_refuses_every_token_is_asked_with_one_new_one_only(town, question):
    town.answer = status(401)
    assert [await ask(question) for _ in range(3)] == [Down("refused", "HTTP 401")] * 3
    assert (len(town.asked), len(town.forms)) == (4, 2)


async def test_whoever_is_refused_at_the_same_moment_shares_one_new_token(town, question):
    town.grant = granting(access_token="old")
    await ask(question)
    town.grant, town.answer = granting(access_token="new"), only("new")
    answers = await asyncio.gather(*(ask(question) for _ in range(10)))
    assert [type(answer) for answer in answers] == [AnswerText] * 10
    assert len(town.forms) == 2


async def test_only_the_token_that_was_refused_is_forgotten(town, question):
    scope = question.service.scope
    town.grant = granting(access_token="first")
    first = await rest_token.for_scope(scope, 0.0)
    town.grant = granting(access_token="second")
    assert rest_token.forget(scope, first, 0.0)
    assert await rest_token.for_scope(scope, 0.0) == "second"
    assert rest_token.forget(scope, first, 0.0)  # refused late: there is another to try
    assert await rest_token.for_scope(scope, 0.0) == "second"
    assert len(town.forms) == 2


async def test_refusals_replace_a_scopes_token_once_in_ten_seconds(town, question):
    scope = question.service.scope
    replaced = []
    for now in (0.0, 0.0, 9.9, 10.0, 10.1, 19.9, 20.0):
        token = await rest_token.for_scope(scope, now)
        replaced.append(rest_token.forget(scope, token, now))
    assert replaced == [True, False, False, True, False, False, True]


async def test_without_a_new_token_the_refusal_stands(town, question):
    await ask(question)
    town.answer, town.grant = status(401), status(503)
    # The service was asked, and refused the token that it had.
    assert await ask(question) == Down("unavailable", "token: HTTP 503", is_elsewhere=True)
    assert not rest_token.forget(question.service.scope, "any", 0.0)


async def test_a_token_is_never_printed():
    assert repr(rest_token.AccessToken("secret", 300.0)) == "AccessToken(…)"


async def test_kept_connection_that_died_gets_the_question_again_with_another_assertion(town):
    async def granting_or_gone(request: web.Request) -> web.StreamResponse:
        if len(town.forms) == 2:
            assert request.transport is not None
            request.transport.abort()
        return await granting()(request)

    town.grant = granting_or_gone
    for _ in range(2):
        assert isinstance(await ask(new_question()), AnswerText)
    proofs = [jwt.decode(form["client_assertion"], options={"verify_signature": False}) for form in town.forms]
    assert (len(proofs), len({proof["jti"] for proof in proofs})) == (3, 3)
