"""Which answers count as delivered, which deliveries are tried again, and which are refused for good."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from django.test import override_settings

from portal.platform.sources import delivery
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.delivery import DeliveryAttempt, DeliveryContent
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.gates.gate import Gate
from portal.platform.sources.manifest import Maintenance
from portal.platform.sources.sections import Endpoint

from . import json_town
from .json_town import Town, status
from .test_rest_answer import entry_of

KEY = UUID("0f1e2d3c-4b5a-4678-8abc-0123456789ab")
TO = Endpoint("vis-verbetering", "/v1/vangsten", "dv_vis")
RECEIPT = '{"kenmerk": "VB-1"}'


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    with override_settings(SOURCES_BREAKER_CALLS=100_000):
        async with json_town.running() as town:
            yield town


@pytest.fixture
def entry() -> DatasetEntry:
    return entry_of()


async def deliver(entry: DatasetEntry, opened: list[str] | None = None) -> DeliveryAttempt:
    """Try once; `opened` gets the reference of each content that was opened."""

    async def open_content() -> DeliveryContent:
        (opened if opened is not None else []).append("VB-1")
        return DeliveryContent(b"{}", "VB-1")

    # With a scope that nobody asked before: tokens live as long as the worker.
    to = msgspec.structs.replace(TO, scope=f"dv_{uuid4().hex}")
    return await delivery.deliver(entry.agency, to, open_content, key=KEY)


async def test_delivery_carries_its_key_and_a_token(town: Town, entry: DatasetEntry) -> None:
    town.answer = status(201, RECEIPT, "application/json")
    assert (await deliver(entry)).end == "taken"
    ((request, body),) = town.asked
    assert request.headers["Idempotency-Key"] == f'"{KEY}"'
    assert request.headers["Authorization"].startswith("Bearer ")
    assert body == b"{}"


@pytest.mark.parametrize("code", [200, 201, 202, 409])
async def test_receipt_with_our_reference_is_taken(town: Town, entry: DatasetEntry, code: int) -> None:
    town.answer = status(code, RECEIPT, "application/json")
    assert await deliver(entry) == DeliveryAttempt("taken", f"HTTP {code}")


async def test_receipt_with_a_text_that_is_cut_within_a_character_is_taken(town: Town, entry: DatasetEntry) -> None:
    town.answer = status(201, r'{"kenmerk": "VB-1", "tekst": "a\ud83d"}', "application/json")
    assert await deliver(entry) == DeliveryAttempt("taken", "HTTP 201")


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
async def test_anything_else_is_unconfirmed(town: Town, entry: DatasetEntry, code: int, text: str) -> None:
    town.answer = status(code, text, "application/json")
    assert (await deliver(entry)).end == "unconfirmed"


@pytest.mark.parametrize("code", [400, 405, 410, 413, 415, 422])
async def test_report_that_is_wrong_itself_is_refused_for_good(town: Town, entry: DatasetEntry, code: int) -> None:
    town.answer = status(code, "{}")
    assert await deliver(entry) == DeliveryAttempt("refused", f"HTTP {code}")


async def test_token_that_is_refused_is_replaced_once(town: Town, entry: DatasetEntry) -> None:
    async def once(_: web.Request) -> web.StreamResponse:
        if len(town.asked) == 1:
            return web.Response(status=401)
        return web.json_response({"kenmerk": "VB-1"})

    town.answer = once
    assert (await deliver(entry)).end == "taken"
    assert len(town.asked) == 2


async def test_answer_that_is_cut_off_is_unconfirmed(town: Town, entry: DatasetEntry) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(RECEIPT.encode())
        assert request.transport is not None
        request.transport.abort()
        return response

    town.answer = cut
    assert await deliver(entry) == DeliveryAttempt("unconfirmed", "CutOff")


async def test_body_without_a_connection_is_unreached(town: Town, entry: DatasetEntry) -> None:
    with override_settings(REST_URL="https://127.0.0.1:1"):
        assert await deliver(entry) == DeliveryAttempt("unreached", "NotConnected")


async def test_body_that_is_gone_after_refusing_a_token_was_reached(town: Town, entry: DatasetEntry) -> None:
    gone = override_settings(REST_URL="https://127.0.0.1:1")

    async def refuses_and_goes(_: web.Request) -> web.StreamResponse:
        gone.enable()
        return web.Response(status=401)

    town.answer = refuses_and_goes
    try:
        assert await deliver(entry) == DeliveryAttempt("unconfirmed", "NotConnected")
    finally:
        gone.disable()


async def test_body_that_is_gone_after_giving_up_a_kept_connection_may_have_it(
    town: Town, entry: DatasetEntry
) -> None:
    async def gives_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        await town.site.stop()
        request.transport.abort()
        return web.Response()

    town.answer = gives_up
    assert await deliver(entry) == DeliveryAttempt("unconfirmed", "NotConnected")
    assert len(town.asked) == 1


async def test_kept_connection_that_died_is_delivered_over_again_with_the_same_key(
    town: Town, entry: DatasetEntry
) -> None:
    async def once_gone(request: web.Request) -> web.StreamResponse:
        if len(town.asked) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"kenmerk": "VB-1"})

    town.answer = once_gone
    assert (await deliver(entry)).end == "taken"
    assert [request.headers["Idempotency-Key"] for request, _ in town.asked] == [f'"{KEY}"'] * 2


async def test_no_token_is_no_try(town: Town, entry: DatasetEntry) -> None:
    opened: list[str] = []
    town.grant = status(400, '{"error": "invalid_scope"}')
    assert await deliver(entry, opened) == DeliveryAttempt("not_tried", "token: HTTP 400")
    assert (town.asked, opened) == ([], [])
    assert gatekeeper.gate_of(TO.source).under_way == 0


async def test_source_that_is_switched_off_is_left_alone(town: Town, entry: DatasetEntry) -> None:
    opened: list[str] = []
    with override_settings(SOURCES_OFF=frozenset({TO.source})):
        assert await deliver(entry, opened) == DeliveryAttempt("not_tried", "off")
    assert (town.asked, town.forms, opened) == ([], [], [])


async def test_source_in_maintenance_is_left_alone(town: Town, entry: DatasetEntry) -> None:
    opened: list[str] = []
    now = datetime.now(UTC)
    times = (Maintenance(TO.source, now - timedelta(hours=1), now + timedelta(hours=1)),)
    manifest = msgspec.structs.replace(entry.agency.manifest, maintenance=times)
    closed = DatasetEntry(msgspec.structs.replace(entry.agency, manifest=manifest), entry.dataset, entry.parse)
    assert await deliver(closed, opened) == DeliveryAttempt("not_tried", "maintenance")
    assert (town.asked, town.forms, opened) == ([], [], [])


@pytest.mark.parametrize(("at_once", "reason"), [(0, "full"), (1, "failing")])
async def test_source_behind_a_closed_gate_is_left_alone(
    town: Town, entry: DatasetEntry, monkeypatch: pytest.MonkeyPatch, at_once: int, reason: str
) -> None:
    opened: list[str] = []
    gate, now = Gate(at_once, 1), time.monotonic()
    if call := gate.enter(now):
        gate.leave(call, now, b"somebody", has_failed=True, is_slow=False)
    monkeypatch.setitem(gatekeeper._gates, TO.source, gate)
    assert await deliver(entry, opened) == DeliveryAttempt("not_tried", reason)
    assert (town.asked, town.forms, opened) == ([], [], [])


async def test_content_that_does_not_open_gives_its_place_back(town: Town, entry: DatasetEntry) -> None:
    async def open_content() -> DeliveryContent:
        raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        await delivery.deliver(entry.agency, TO, open_content, key=KEY)
    assert (town.asked, gatekeeper.gate_of(TO.source).under_way) == ([], 0)


def test_delivered_content_is_not_printed() -> None:
    assert repr(DeliveryContent(b"secret", "VB-1")) == "DeliveryContent(…)"
