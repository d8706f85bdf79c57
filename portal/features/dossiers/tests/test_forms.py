"""A body's own list of forms: read item by item, whatever the bytes; kept for everyone; failures shown as such."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from django.template.loader import get_template
from django.test import override_settings

from portal.features.dossiers import applications_view, form_lists, forms
from portal.platform.sources import catalogue
from portal.platform.sources.gates import states
from portal.platform.sources.tests import json_town

ORIGIN = "https://www.kortrijk.be"
FORM, REPORT = f"{ORIGIN}/formulieren/inname", f"{ORIGIN}/formulieren/1777"
PATH = "/v1/kortrijk/forms"


def item(product: Any = "30101", href: Any = FORM, **more: Any) -> dict[str, Any]:
    return {"id": "x", "productId": product, "_links": {"fallback": {"href": href}}, **more}


def page(*items: Any, offset: Any = 0, total: Any = None) -> bytes:
    counts = {"offset": offset, "size": 100, "totalItems": len(items) if total is None else total}
    return json.dumps({"_pageMetadata": counts, "_embedded": {"items": items}}).encode()


def read_page(data: bytes, offset: int = 0) -> tuple[bool | None, forms.FormListContent]:
    content = forms.FormListContent(ORIGIN)
    return content.add_page(data, offset), content


def test_forms_are_found_by_product_and_nothing_else_of_an_item_is_kept():
    script = "<script>alert(1)</script>\u202e\x00"
    follows, content = read_page(page(item(name=script, id=script), item(30102, REPORT, sso={"audience": script})))
    assert (follows, content.left_out) == (False, {})
    assert {product: link.address for product, link in content.forms.items()} == {"30101": FORM, "30102": REPORT}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        *(
            (item(href=href), forms.ELSEWHERE)
            for href in (
                "javascript:alert(1)",
                "http://www.kortrijk.be/formulieren/inname",
                "https://www.kortrijk.be.example/x",
                "https://kortrijk.be/x",
                "https://www.kortrijk.be@example.be/x",
                "https://www.kortrijk.be:8443/x",
                "//www.kortrijk.be/x",
                "https://www.kortrijk.be/\u202ex",
                "https://www.kortrijk.be/a b",
                "https://www.kortrijk.be/<script>",
                "https://www.kortrijk.be/" + "x" * 3000,
                "",
            )
        ),
        *((item(product), forms.NO_PRODUCT) for product in ("", "x", "-1", "1" * 11, "\u0661")),
        *(
            (one, forms.NO_FORM)
            for one in (None, 7, [], {}, item(None), item(href=None), {"productId": "1", "_links": {}})
        ),
        (item(href=REPORT), forms.TWICE),
    ],
)
def test_an_item_that_cannot_be_used_is_left_out_and_counted_and_no_other(wrong, why):
    follows, content = read_page(page(item(), wrong, item("30102", REPORT)))
    assert (follows, dict(content.left_out)) == (False, {why: 1})
    assert list(content.forms) == ["30101", "30102"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        page(offset=5),
        page(offset=-1),
        page(total=-1),
        page(total=10**30),
        page(total="3"),
        page(total=5),
        page(*[item()] * 101),
        page(*[item()] * 3, item(more="x" * forms.LARGEST)),
        json.dumps({"_pageMetadata": {"offset": 0, "totalItems": 1}, "_embedded": {"items": {}}}).encode(),
    ],
)
def test_a_page_that_is_none_of_the_list_is_refused_whole(data):
    follows, content = read_page(data)
    assert (follows, dict(content.forms)) == (None, {})


class Kortrijk:
    """The model town, in which Kortrijk serves a list of forms. asked: the requests that came."""

    def __init__(self, town: json_town.Town) -> None:
        self.town = town
        self.asked: list[web.BaseRequest] = []

    def answers(self, *pages: bytes, status: int = 200) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.asked.append(request)
            body = pages[min(len(self.asked), len(pages)) - 1]
            return web.Response(status=status, body=body, content_type="application/hal+json")

        self.town.answer = answer


@pytest.fixture
async def kortrijk(monkeypatch) -> AsyncIterator[Kortrijk]:
    monkeypatch.setattr(form_lists, "_kept", {})
    monkeypatch.setattr(form_lists, "_reading", {})
    monkeypatch.setattr(form_lists, "WAIT_SECONDS", 30.0)
    async with json_town.running(get=PATH) as town:
        yield Kortrijk(town)


async def kortrijk_list() -> form_lists.FormList:
    return (await form_lists.all_lists())["kortrijk"]


def unread_of_kortrijk() -> list[str]:
    return [
        place
        for state in states.states(0)
        for one in state.unread
        if one.name == "kortrijk.forms"
        for place in one.places
    ]


async def test_every_page_is_read_once_for_all_and_names_nobody(kortrijk: Kortrijk):
    many = [item(str(number), f"{ORIGIN}/{number}") for number in range(1, 121)]
    kortrijk.answers(page(*many[:100], total=120), page(*many[100:], offset=100, total=120))
    several = await asyncio.gather(kortrijk_list(), kortrijk_list(), kortrijk_list())
    assert [(one.state, len(one.forms)) for one in several] == [("ready", 120)] * 3
    assert [dict(request.query) for request in kortrijk.asked] == [
        {"limit": "100", "offset": "0"},
        {"limit": "100", "offset": "100"},
    ]
    for request in kortrijk.asked:
        assert not {"Authorization", "Cookie"} & set(request.headers)
    # Of which no service has the product.
    assert several[0].unknown == 120


async def test_a_list_without_an_end_is_cut_and_one_that_goes_round_is_refused(kortrijk: Kortrijk):
    ahead = [
        page(*(item(str(n), f"{ORIGIN}/{n}") for n in range(at, at + 100)), offset=at, total=10**9)
        for at in range(0, 2000, 100)
    ]
    kortrijk.answers(*ahead)
    assert ((await kortrijk_list()).state, len(kortrijk.asked)) == ("partial", forms.MOST_PAGES)
    form_lists._kept.clear()
    kortrijk.asked.clear()
    kortrijk.answers(page(item(), total=50))
    assert ((await kortrijk_list()).state, len(kortrijk.asked)) == ("unusable", 2)
    assert {"too many pages", "page unusable"} <= set(unread_of_kortrijk())


@pytest.mark.parametrize(
    ("pages", "status", "state", "words"),
    [
        ([b""], 503, "down", "konden wij nu niet ophalen"),
        ([b""], 403, "down", "konden wij nu niet ophalen"),
        ([b"<html>"], 200, "unusable", "de lijst is niet bruikbaar"),
        ([b"x" * 10_000_000], 200, "unusable", "de lijst is niet bruikbaar"),
        (
            [page(item(), item(href="javascript:alert(1)"))],
            200,
            "partial",
            "Een deel van de formulieren van Kortrijk",
        ),
    ],
)
async def test_each_failure_is_told_as_what_it_is(kortrijk: Kortrijk, pages, status, state, words):
    kortrijk.answers(*pages, status=status)
    one = await kortrijk_list()
    assert one.state == state
    said = get_template("dossiers/_form_list.html").render({"one": one})
    assert words in said
    assert "wel de weg naar de website" in said
    # It is asked again soon, not at once.
    asked = len(kortrijk.asked)
    assert ((await kortrijk_list()).state, len(kortrijk.asked)) == (state, asked)


async def test_a_list_that_hangs_holds_no_page_up_and_is_there_for_who_comes_next(kortrijk: Kortrijk, monkeypatch):
    released = asyncio.Event()

    async def hangs(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response(body=page(item()), content_type="application/hal+json")

    kortrijk.town.answer = hangs
    monkeypatch.setattr(form_lists, "WAIT_SECONDS", 0.0)
    assert (await kortrijk_list()).state == "waiting"
    released.set()
    await form_lists._reading["kortrijk"]
    one = await kortrijk_list()
    assert (one.state, one.forms["30101"].address) == ("ready", FORM)
    offered = {each.anchor: each for each in applications_view.services_on_offer({"kortrijk": one})}
    form, other = (offered[f"kortrijk-{name}"] for name in ("inname_openbaar_domein", "meldpunt_1777"))
    assert (form.is_form, form.link and form.link.address, other.is_form) == (True, FORM, False)


async def test_a_list_that_never_answers_is_late_and_one_that_is_switched_off_is_not_asked(
    kortrijk: Kortrijk, monkeypatch
):
    async def never(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        raise AssertionError

    kortrijk.town.answer = never
    monkeypatch.setattr(form_lists, "PAGE_SECONDS", 0.05)
    assert (await kortrijk_list()).state == "late"
    form_lists._kept.clear()
    kortrijk.answers(page(item()))
    with override_settings(SOURCES_OFF=["kortrijk-formulieren"]):
        assert ((await kortrijk_list()).state, kortrijk.asked) == ("off", [])
    assert "kortrijk-formulieren" in {state.source for state in states.states(0)}
    assert any(agency.lists for agency in catalogue.installed().agencies)
