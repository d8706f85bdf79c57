"""Message Registries over mutual TLS: lists, single paths, tokens, 404, and messages for somebody else."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.access import source_tokens
from portal.platform.sources.catalogue import SourceQuestion
from portal.platform.sources.inquiry import Inquiry, ReadContent
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready
from portal.platform.sources.registries import GatheredMessages, ListQuery, Registry
from portal.platform.sources.transports import registry
from portal.platform.sources.transports.answer import AnswerText

from .json_town import Answers, Town, dataset, running, status
from .town import NUMBER

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("clock")]

PATH = "/ebox/x/v3"
OTHER = "85021330042"


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    async with running(get=f"{PATH}/{{rest:.*}}") as town:
        yield town


def letter(number: int, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=number)
    return {"messageId": f"M-{number}", "receiptDate": at.isoformat(), "visible": True} | more


def box(letters: Sequence[Any], *, summary: Any = None, **said: Any) -> Answers:
    """Answer as a registry with these letters; summary: what `GET /ebox` gives, by itself the numbers."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == f"{PATH}/ebox":
            if callable(summary):
                return await summary(request)
            counts = {"numberOfMessages": len(letters), "numberOfUnreadMessages": 1}
            return web.json_response(counts if summary is None else summary)
        number, size = int(request.query["page"]), int(request.query["pageSize"])
        here = letters[(number - 1) * size : number * size]
        return web.json_response({"items": here, "totalItems": len(letters)} | said)

    return answer


def inquiry(town: Town, **values: str) -> Inquiry[str, Any]:
    service = Registry(f"{town.origin}{PATH}", "3.0", "urn:x:ebox:x")

    def read(content: Any, notes: Sequence[Any]) -> ReadContent[Any]:
        is_list = isinstance(content, GatheredMessages)
        return ReadContent(content, [], is_empty=is_list and not content.items)

    with dataset() as entry:
        return Inquiry(
            key="x",
            name="bosa.messages",
            agency=entry.agency,
            question=SourceQuestion("ebox-x", service, ""),
            service=service,
            reader=read,
            activity=entry.activity,
            values=values,
        )


def listing(**query: Any) -> dict[str, str]:
    return {"list": msgspec.json.encode(ListQuery(**{"is_ordered": True} | query)).decode()}


async def outcome_for(town: Town, **values: str) -> Outcome[Any]:
    one = inquiry(town, **values)
    answer = await registry.ask(one.question, {**values, "insz": NUMBER}, sent=[])
    return registry.read(answer, one, NUMBER) if isinstance(answer, AnswerText) else answer


async def test_a_list_comes_newest_first_with_the_counts_of_the_box(town):
    town.answer = box([letter(n) for n in range(60)], summary={"numberOfMessages": 60, "numberOfUnreadMessages": 7})
    outcome = await outcome_for(town, **listing(filters={"visible": "true"}))
    assert isinstance(outcome, Ready)
    found = outcome.value
    assert [one["messageId"] for one in found.items] == [f"M-{n}" for n in range(25)]
    assert (found.total, found.unread, found.has_more, found.is_cut) == (60, 7, True, False)
    asked = {request.rel_url.path_qs.removeprefix(PATH) for request, _ in town.asked}
    assert asked == {"/ebox", "/ebox/messages?page=1&pageSize=30&visible=true"}


async def test_a_question_carries_a_token_about_this_person_for_this_registry(town):
    town.answer = box([])
    assert isinstance(await outcome_for(town, **listing()), Nothing)
    signing = source_tokens.ours()
    assert signing
    key = jwt.PyJWK(signing.published[0]).key
    for request, _ in town.asked:
        written = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(
            written, key, algorithms=["RS256"], audience="urn:x:ebox:x", issuer=settings.PORTAL_ORIGIN
        )
        assert claims["rrn"] == NUMBER
    references = [request.headers["x-correlation-id"] for request, _ in town.asked]
    assert len({*references}) == len(references) == 2


@pytest.mark.parametrize(
    ("summary", "filters", "plain", "expected"),
    [
        ({"numberOfMessages": 0}, {}, 404, "nothing"),
        ({"numberOfMessages": 3}, {}, 404, "unreadable"),
        ({"numberOfMessages": "0"}, {}, 404, "unreadable"),
        ({}, {}, 404, "unreadable"),
        (status(404), {}, 404, "unreadable"),
        (status(500), {"visible": "true"}, 200, "unreadable"),
        ({"numberOfMessages": 3}, {"visible": "true"}, 404, "unreadable"),
        ({"numberOfMessages": 3}, {"visible": "true"}, 200, "nothing"),
        ({"numberOfMessages": 3}, {"visible": "true"}, 503, "unavailable"),
    ],
)
async def test_no_list_is_no_messages_only_where_the_registry_shows_that_it_knows_the_box(
    town, summary, filters, plain, expected
):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == f"{PATH}/ebox":
            return await box([], summary=summary)(request)
        if plain == 200 and "visible" not in request.query:
            return await box([letter(1)])(request)
        return web.Response(status=plain if request.query["pageSize"] == "1" else 404)

    town.answer = answer
    outcome = await outcome_for(town, **listing(filters=filters))
    assert isinstance(outcome, Nothing) if expected == "nothing" else isinstance(outcome, Down)
    assert not isinstance(outcome, Down) or outcome.reason == expected


async def test_letters_for_somebody_else_are_nobodys_to_see(town):
    for other in (OTHER, "85.02.13-300.42", int(OTHER)):
        mixed = [letter(1), letter(2, forTheAttentionOf={"type": "person", "id": other})]
        town.answer = box(mixed)
        assert (await outcome_for(town, **listing())) == Down("mismatch", "INSZ")
        assert (await outcome_for(town, **listing(is_ordered=False))) == Down("mismatch", "INSZ")

    async def one(_: web.Request) -> web.StreamResponse:
        return web.json_response(mixed[1])

    town.answer = one
    assert (await outcome_for(town, below="ebox/messages/M-2")) == Down("mismatch", "INSZ")


async def test_a_letter_for_the_attention_of_no_other_person_is_shown(town):
    for attention in (None, "x", {"id": NUMBER}, {"id": None}, {"id": "0206731645"}, {"id": {"a": 1}}, {"id": True}):
        town.answer = box([letter(1, forTheAttentionOf=attention)])
        assert isinstance(await outcome_for(town, **listing()), Ready), attention


async def test_what_makes_no_sense_is_left_out_and_said(town):
    odd: list[Any] = [
        None,
        5,
        [],
        "x",
        {},
        letter(1, messageId=""),
        letter(2, messageId=7),
        letter(3, messageId="x" * 301),
        letter(4, receiptDate="9999-12-31"),
        letter(5, receiptDate=None),
        letter(6, subject="x" * 300_000),
    ]
    town.answer = box([*odd, letter(7)])
    outcome = await outcome_for(town, **listing())
    assert isinstance(outcome, Partial)
    assert [one["messageId"] for one in outcome.value.items] == ["M-7"]
    assert {part.code for part in outcome.missing} == {
        "messages/object",
        "messages/messageId",
        "messages/receiptDate",
        "messages/size",
    }


@pytest.mark.parametrize("spoiled", ["1e999", "9" * 5000])
async def test_a_number_that_cannot_be_read_takes_its_own_message_alone(town, spoiled):
    plain = box([letter(1, amount="SPOILED"), letter(2)])

    async def answer(request: web.Request) -> web.StreamResponse:
        came = await plain(request)
        assert isinstance(came, web.Response)
        return web.Response(text=(came.text or "").replace('"SPOILED"', spoiled), content_type="application/json")

    town.answer = answer
    outcome = await outcome_for(town, **listing())
    assert isinstance(outcome, Partial)
    assert [one["messageId"] for one in outcome.value.items] == ["M-2"]
    assert [part.code for part in outcome.missing] == ["messages/object"]


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "<html>", '{"items": 5}', '{"items": [', "[" * 100_000, '{"items":[{"a":\ud800}]}'],
)
async def test_what_is_no_page_is_no_empty_list(town, text):
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=text.encode("utf-8", "surrogatepass"), content_type="application/json")

    town.answer = answer
    outcome = await outcome_for(town, **listing())
    assert isinstance(outcome, Down | Partial)
    assert not isinstance(outcome, Partial) or outcome.value.items == ()


async def test_what_a_registry_gives_though_it_does_not_fit_is_dropped(town):
    past = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    town.answer = box(
        [
            letter(1, visible=False),
            letter(2, readStatus=True),
            letter(3, expirationDate=past),
            letter(4, messageTypeId="tax", expirationDate="9999-12-31T00:00:00"),
            letter(5, messageTypeId="fine"),
            letter(6, messageTypeId="tax", expirationDate=7),
        ]
    )
    filters = {"visible": "true", "readStatus": "false", "messageTypeId": "tax"}
    outcome = await outcome_for(town, **listing(filters=filters))
    assert isinstance(outcome, Ready)
    assert [one["messageId"] for one in outcome.value.items] == ["M-4", "M-6"]


async def test_a_broken_promise_of_order_is_told_operators(town, caplog):
    caplog.set_level("INFO", "portal.sources")
    town.answer = box([letter(n) for n in (3, 1, 2)])
    outcome = await outcome_for(town, **listing())
    assert isinstance(outcome, Ready)
    assert [one["messageId"] for one in outcome.value.items] == ["M-1", "M-2", "M-3"]
    assert "urn:x:ebox:x: its messages are not in the order that it promises" in caplog.text


async def test_counts_that_do_not_come_are_not_waited_for(town):
    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    town.answer = box([letter(1)], summary=never)
    began = time.monotonic()
    outcome = await outcome_for(town, **listing())
    assert isinstance(outcome, Ready)
    assert (len(outcome.value.items), outcome.value.total) == (1, None)
    assert time.monotonic() - began < 2


async def test_a_page_that_does_not_come_cuts_the_list(town, monkeypatch):
    monkeypatch.setattr(registry, "SHARE", 0.2)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.query.get("page") == "2":
            await asyncio.sleep(30)
        return await box([letter(n) for n in range(200)])(request)

    town.answer = answer
    outcome = await outcome_for(town, **listing(wanted=150))
    assert isinstance(outcome, Partial)
    assert outcome.value.is_cut
    assert [(part.code, part.reason) for part in outcome.missing] == [("ebox-x", "late")]


async def test_what_stands_below_comes_as_it_is(town):
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"nl": request.rel_url.raw_path})

    town.answer = answer
    outcome = await outcome_for(town, below="ebox/messages/a%2Fb%3F/body")
    assert isinstance(outcome, Ready)
    assert outcome.value == {"nl": f"{PATH}/ebox/messages/a%2Fb%3F/body"}
    town.answer = status(403)
    assert (await outcome_for(town, below="ebox/messages/M")) == Down("refused", "HTTP 403")


@pytest.mark.parametrize(
    ("below", "summary", "expected"),
    [
        ("ebox/messages/M", {"numberOfMessages": 3}, "nothing"),
        ("ebox/messages/M/body", {"numberOfMessages": 0}, "nothing"),
        ("ebox/messages/M", status(404), "unreadable"),
        ("ebox/messages/M", status(500), "unreadable"),
        ("consents", status(404), "nothing"),
    ],
)
async def test_a_message_is_gone_only_where_the_registry_shows_that_it_knows_the_box(town, below, summary, expected):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == f"{PATH}/ebox":
            return await box([], summary=summary)(request)
        return web.Response(status=404)

    town.answer = answer
    outcome = await outcome_for(town, below=below)
    assert (outcome.reason if isinstance(outcome, Down) else "nothing") == expected


@pytest.mark.parametrize(
    "below", ["ebox/messages/..", "ebox/messages/./body", "ebox//x", "/ebox", "a?b", "a b", "é", ""]
)
async def test_an_id_leads_to_no_other_address(town, below):
    outcome = await outcome_for(town, below=below)
    assert isinstance(outcome, Down)
    assert (outcome.is_elsewhere, outcome.is_unsent, town.asked) == (True, True, [])


async def test_without_a_key_nothing_is_asked(town):
    source_tokens.ours.cache_clear()
    with override_settings(SOURCE_TOKEN_KEY_FILE=""):
        outcome = await outcome_for(town, **listing())
    source_tokens.ours.cache_clear()
    assert isinstance(outcome, Down)
    assert (outcome.detail, outcome.is_elsewhere, town.asked) == ("no key for tokens", True, [])
