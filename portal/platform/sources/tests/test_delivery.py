"""What counts as delivered, what is tried again, and what is refused for good."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from django.test import override_settings

from portal.platform.sources import delivery
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.delivery import Delivered
from portal.platform.sources.manifest import Correction

from . import json_town
from .json_town import Town, status
from .test_rest_answer import entry_of

KEY = UUID("0f1e2d3c-4b5a-4678-8abc-0123456789ab")
TO = Correction(kind="form", contact="Bel.", source="vis-verbetering", path="/v1/vangsten", scope="dv_vis")
RECEIPT = '{"kenmerk": "VB-1"}'


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    with override_settings(SOURCES_BREAKER_CALLS=100_000):
        async with json_town.running() as town:
            yield town


@pytest.fixture
def entry() -> Entry:
    return entry_of()


async def deliver(entry: Entry) -> Delivered:
    # With a scope that nobody asked before: tokens live as long as the worker.
    to = msgspec.structs.replace(TO, scope=f"dv_{uuid4().hex}")
    return await delivery.deliver(entry, to, b"{}", key=KEY, reference="VB-1")


async def test_delivery_carries_its_key_and_a_token(town: Town, entry: Entry) -> None:
    town.answer = status(201, RECEIPT, "application/json")
    assert (await deliver(entry)).end == "taken"
    ((request, body),) = town.asked
    assert request.headers["Idempotency-Key"] == f'"{KEY}"'
    assert request.headers["Authorization"].startswith("Bearer ")
    assert body == b"{}"


@pytest.mark.parametrize("code", [200, 201, 202, 409])
async def test_receipt_with_our_reference_is_taken(town: Town, entry: Entry, code: int) -> None:
    town.answer = status(code, RECEIPT, "application/json")
    assert await deliver(entry) == Delivered("taken", f"HTTP {code}")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (200, ""),
        (204, ""),
        (200, "<p>Even geduld</p>"),
        (200, '{"kenmerk": "VB-2"}'),
        (200, '{"kenmerk": 1}'),
        (200, '["VB-1"]'),
        (409, '{"title": "Conflict"}'),
        (301, RECEIPT),
        (401, RECEIPT),
        (403, RECEIPT),
        (404, RECEIPT),
        (408, RECEIPT),
        (425, RECEIPT),
        (429, RECEIPT),
        (500, RECEIPT),
        (503, RECEIPT),
    ],
)
async def test_anything_else_is_tried_again(town: Town, entry: Entry, code: int, text: str) -> None:
    town.answer = status(code, text, "application/json")
    assert (await deliver(entry)).end == "later"


@pytest.mark.parametrize("code", [400, 405, 410, 413, 415, 422])
async def test_report_that_is_wrong_itself_is_refused_for_good(town: Town, entry: Entry, code: int) -> None:
    town.answer = status(code, "{}")
    assert await deliver(entry) == Delivered("refused", f"HTTP {code}")


async def test_token_that_is_refused_is_replaced_once(town: Town, entry: Entry) -> None:
    async def once(_: web.Request) -> web.StreamResponse:
        if len(town.asked) == 1:
            return web.Response(status=401)
        return web.json_response({"kenmerk": "VB-1"})

    town.answer = once
    assert (await deliver(entry)).end == "taken"
    assert len(town.asked) == 2


async def test_no_token_is_later_and_not_for_good(town: Town, entry: Entry) -> None:
    town.grant = status(400, '{"error": "invalid_scope"}')
    assert (await deliver(entry)).end == "later"
    assert town.asked == []


async def test_source_that_is_switched_off_is_left_alone(town: Town, entry: Entry) -> None:
    with override_settings(SOURCES_OFF=frozenset({TO.source})):
        assert await deliver(entry) == Delivered("later", "off")
    assert town.asked == []
