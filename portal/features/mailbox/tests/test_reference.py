"""Senders and kinds of letters of a provider: all pages, kept, renewed beside; hostile pages end, and are said."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web

from portal.features.mailbox.registry import providers, reference, reference_pages, wording
from portal.features.mailbox.tests.messages import message
from portal.features.mailbox.types import EboxProvider
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.tests.json_town import Town, running

PATH = "/ebox/x/v3"


def organisation(number: int, **more: Any) -> dict[str, Any]:
    return {"organizationId": f"{number:010}", "organizationShortName": {"nl": f"Dienst {number}"}} | more


def kind(number: int) -> dict[str, Any]:
    return {"messageTypeId": f"T{number}", "messageTypeName": {"nl": f"Soort {number}"}}


def serve(town: Town, senders: list[Any], kinds: list[Any], most: int = 100, **more: Any) -> None:
    """Serve pages of at most so many entries, with their total, or what `more` has in its place."""

    async def answer(request: web.Request) -> web.StreamResponse:
        several = senders if request.path.endswith("senderOrganizations") else kinds
        number, size = int(request.query["page"]), min(int(request.query["pageSize"]), most)
        items = several[(number - 1) * size : number * size]
        return web.json_response({"items": items, "totalItems": len(several)} | more)

    town.answer = answer


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    reference._shelves.clear()
    gatekeeper._gates.clear()
    async with running(get=f"{PATH}/referenceData/{{rest}}") as town:
        yield town
    reference._shelves.clear()
    gatekeeper._gates.clear()


def provider(town: Town, name: str = "x") -> EboxProvider:
    return EboxProvider(name, {}, f"{town.origin}{PATH}", "3.0")


async def read(town: Town) -> EboxProvider:
    one = provider(town)
    await reference.wait([one], 10.0)
    return one


@pytest.mark.parametrize(
    ("more", "of_known", "of_stranger"),
    [
        ({}, ("Dienst 1", "Dienst 1", "Soort 1"), ("Soort 1",)),
        ({"totalItems": 9}, ("Dienst 1", "Dienst 1", "Soort 1"), None),
    ],
)
async def test_names_for_a_search_are_unknown_until_all_of_the_provider_was_read(town, more, of_known, of_stranger):
    known, stranger = (message("x", "1", sender=f"{number:010}", type_id="T1") for number in (1, 2))
    assert wording.names_around(provider(town), known) is None
    serve(town, [organisation(1)], [kind(1)], **more)
    one = await read(town)
    assert wording.names_around(one, known) == of_known
    assert wording.names_around(one, stranger) == of_stranger


async def test_all_pages_are_read_and_kept(town):
    serve(town, [organisation(number) for number in range(1, 251)], [kind(1), kind(2)])
    one = await read(town)
    assert len(reference.senders()) == 250
    assert reference.is_whole(one)
    found = reference.sender("x", "0000000250")
    assert found is not None
    assert (found.short_names, found.long_names) == ({"nl": "Dienst 250"}, {"nl": "Dienst 250"})
    assert [each.names for each in reference.message_types()] == [{"nl": "Soort 1"}, {"nl": "Soort 2"}]
    assert reference.sender("y", "0000000250") is None
    assert reference.message_type("x", "T3") is None
    asked = len(town.asked)
    assert reference.begin_reading(one) is None
    await reference.wait([one], 1.0)
    assert len(town.asked) == asked == 4


async def test_lists_stay_the_same_until_another_provider_is_read(town):
    serve(town, [organisation(1)], [kind(1)])
    await read(town)
    senders, kinds = reference.senders(), reference.message_types()
    assert reference.senders() is senders
    assert reference.message_types() is kinds

    serve(town, [organisation(2)], [kind(1)])
    await reference.wait([provider(town, "y")], 10.0)
    assert [one.id for one in reference.senders()] == ["0000000002"]
    assert len(reference.message_types()) == 1


async def test_who_asks_at_once_asks_once(town):
    serve(town, [organisation(1)], [kind(1)])
    await asyncio.gather(*(reference.wait([provider(town)], 10.0) for _ in range(5)))
    assert len(town.asked) == 2


@pytest.mark.security
async def test_pages_that_repeat_end_and_what_came_is_kept(town):
    async def answer(request: web.Request) -> web.StreamResponse:
        items = [organisation(number) for number in range(1, 101)]
        return web.json_response({"items": items, "totalItems": 10**8})

    town.answer = answer
    one = await read(town)
    assert len(reference.senders()) == 100
    assert not reference.is_whole(one)
    assert len(town.asked) == 4


@pytest.mark.security
async def test_pages_that_repeat_do_not_make_up_the_total(town):
    async def answer(request: web.Request) -> web.StreamResponse:
        several = [organisation(number) for number in range(1, 91)]
        is_senders = request.path.endswith("senderOrganizations")
        return web.json_response({"items": several, "totalItems": 180} if is_senders else [])

    town.answer = answer
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (90, False)


async def test_short_pages_are_no_end_where_no_total_says_so(town):
    serve(town, [organisation(number) for number in range(1, 121)], [kind(1)], most=50, totalItems=None)
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (120, True)


@pytest.mark.parametrize("status", [200, 404])
async def test_a_provider_without_pages_or_totals_gives_all_at_once(town, status):
    async def answer(request: web.Request) -> web.StreamResponse:
        is_senders = request.path.endswith("senderOrganizations")
        is_first = request.query["page"] == "1"
        return web.json_response([organisation(1) if is_senders else kind(1)], status=200 if is_first else status)

    town.answer = answer
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (1, True)


async def test_who_ignores_the_size_of_pages_gave_no_whole_list_and_is_not_asked_each_minute(town):
    async def answer(request: web.Request) -> web.StreamResponse:
        several = [organisation(number) for number in range(1, 1201)]
        items = several if request.path.endswith("senderOrganizations") else [kind(1)]
        return web.json_response({"items": items, "totalItems": len(items)})

    town.answer = answer
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (500, False)
    assert reference._shelves["x"][1]._again_at > time.monotonic() + reference.FAILED_SECONDS


async def test_entries_that_cannot_be_used_lack_and_end_nothing(town):
    broken = [{"organizationId": number} for number in range(100)]
    serve(town, [*broken, *(organisation(number) for number in range(1, 121))], [kind(1)])
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (120, False)


async def test_what_several_name_does_not_depend_on_who_was_asked_first(town, monkeypatch):
    monkeypatch.setattr(providers, "ids_at_hand", lambda: frozenset({"x", "y"}))
    shown = []
    for names in (("x", "y"), ("y", "x")):
        reference._shelves.clear()
        for name in names:
            serve(town, [organisation(1, organizationShortName={"nl": f"Van {name}"})], [kind(1)])
            await reference.wait([provider(town, name)], 10.0)
        shown += [one.short_names["nl"] for one in reference.senders()]
    assert shown == ["Van x", "Van x"]


@pytest.mark.security
async def test_a_list_without_end_is_read_no_further_than_we_read(town, monkeypatch):
    monkeypatch.setattr(reference, "MOST_PAGES", 3)
    serve(town, [organisation(number) for number in range(1, 401)], [])
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (300, False)


@pytest.mark.security
async def test_long_entries_fill_no_memory(town, monkeypatch):
    monkeypatch.setattr(reference, "MOST_BYTES", 50_000)
    serve(town, [organisation(number, contactBusiness="x" * 300) for number in range(1, 401)], [kind(1)])
    one = await read(town)
    assert (len(reference.senders()), reference.is_whole(one)) == (100, False)
    assert reference.message_type("x", "T1") is not None


async def test_what_lacks_something_takes_the_place_of_nothing_whole_and_is_asked_again(town):
    serve(town, [organisation(1), organisation(2)], [kind(1)])
    one = await read(town)
    shelf = reference._shelves["x"][1]
    shelf._again_at = 0.0
    serve(town, [organisation(3)], [kind(1)], totalItems=5)
    task = reference.begin_reading(one)
    assert task is not None
    await task
    assert len(reference.senders()) == 2
    assert reference.is_whole(one)
    assert shelf._again_at > 0.0


async def test_a_provider_that_fails_is_left_alone_for_a_while(town):
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=503)

    town.answer = answer
    one = await read(town)
    assert (reference.senders(), reference.is_whole(one)) == ((), False)
    asked = len(town.asked)
    assert reference.begin_reading(one) is None
    assert len(town.asked) == asked
    gate = gatekeeper.gate_of(one.source)
    assert gate.counts(asyncio.get_running_loop().time())[0] == 0, "names have no vote on whether letters are asked"


async def test_a_provider_that_moved_is_read_anew(town):
    serve(town, [organisation(1)], [])
    await read(town)
    moved = EboxProvider("x", {}, "https://elsewhere.invalid/v3", "3.0")
    assert reference.begin_reading(moved) is not None
    assert reference.senders() == ()


async def test_who_has_no_address_is_not_asked():
    assert reference.begin_reading(EboxProvider("x", {}, "", "")) is None


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (7, {"items", "items/organizationId"}),
        ({}, {"items/organizationId"}),
        ({"organizationId": "0308357159"}, {"items/organizationShortName"}),
        ({"organizationId": "0308357159", "organizationShortName": {"it": "x"}}, {"items/organizationShortName"}),
        ({"organizationId": "x", "organizationShortName": {"nl": "x"}}, {"items/organizationId"}),
    ],
)
def test_an_entry_without_a_number_or_a_name_is_left_out_and_said(entry, reasons):
    page = reference_pages.senders(msgspec.json.encode({"items": [entry, organisation(1)], "totalItems": 2}))
    assert isinstance(page, reference_pages.ReferencePage)
    assert (len(page.found), page.entries, page.total) == (1, 2, 2)
    assert set(page.left_out) == reasons


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ({"fr": "https://voorbeeld.example/a"}, "https://voorbeeld.example/a"),
        ({"nl": "javascript:alert(1)", "fr": "https://b.example"}, "https://b.example"),
        ({"nl": "https://a@b.example"}, ""),
        ("http://voorbeeld.example", "https://voorbeeld.example"),
        ({"nl": "data:text/html,x"}, ""),
    ],
)
def test_people_are_led_only_to_web_addresses(written, address):
    page = reference_pages.senders(msgspec.json.encode([organisation(1, organizationUrl=written)]))
    assert isinstance(page, reference_pages.ReferencePage)
    assert page.found[0].address == address


@pytest.mark.parametrize(("data", "why"), [(b"<p>", "HTML"), (b"{", "no JSON"), (b"{}", "no list")])
def test_what_is_no_page_says_so(data, why):
    assert reference_pages.message_types(data) == why
