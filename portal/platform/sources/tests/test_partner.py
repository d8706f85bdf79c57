"""The partner API against a server over mutual TLS: pages, tokens, documents, and no national number in any log."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import jwt
import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.access import source_tokens
from portal.platform.sources.catalogue import SourceQuestion
from portal.platform.sources.inquiry import Inquiry, ReadContent
from portal.platform.sources.manifest import Partner
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, Ready
from portal.platform.sources.transports import mutual_tls, partner
from portal.platform.sources.transports.answer import AnswerText

from .json_town import Answers, Town, dataset, running, status
from .town import NUMBER

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("clock")]

PATH = "/bron/v1/certificates"
SERVICE = Partner(path=PATH, version="1", audience="urn:bron")
PDF = b"%PDF-1.7\n\xff\xfe\x00 %%EOF"


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    async with running(get=f"{PATH}/{{rest:.*}}") as town:
        yield town


class Pages:
    """A list of so many certificates, a page of which holds `size`; what it says of itself can be untrue."""

    def __init__(self, count: int, *, size: int = partner.SIZE, **said: Any) -> None:
        self.count, self.size, self.said = count, size, said
        self.numbers: list[int] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        number = int(request.query.get("page", 0))
        self.numbers.append(number)
        here = range(number * self.size, min(self.count, (number + 1) * self.size))
        return web.json_response(self.page(here, number))

    def page(self, here: Sequence[int], number: int) -> dict[str, Any]:
        metadata = {"number": number + 1, "totalElements": self.count, "totalPages": -(-self.count // self.size)}
        return {
            "certificates": [
                {
                    "id": f"A-{n}",
                    "language": "nl",
                    "name": "Attest",
                    "links": [{"rel": "download", "href": f"{PATH}/{NUMBER}/A-{n}/nl/download"}],
                }
                for n in here
            ],
            "pageMetadata": metadata | {name: each for name, each in self.said.items() if name != "links"},
            "links": self.said.get("links", []),
        }


def inquiry(*, has_document: bool = False) -> Inquiry[str, Any]:
    def read(content: Any, notes: Sequence[Any]) -> ReadContent[Any]:
        value = content if has_document else [item.id for item in content.items]
        return ReadContent(value, [], is_empty=not value)

    with dataset() as entry:
        return Inquiry(
            key="x",
            name="bron.certificates",
            agency=entry.agency,
            question=SourceQuestion("bron", SERVICE, "", has_document=has_document),
            service=SERVICE,
            reader=read,
            activity=entry.activity,
        )


async def outcome_for(**values: str) -> Outcome[Any]:
    one = inquiry(has_document="below" in values)
    answer = await partner.ask(one.question, {"insz": NUMBER, **values}, sent=[])
    return partner.read(answer, one, NUMBER) if isinstance(answer, AnswerText) else answer


async def test_every_page_is_asked_for_by_its_number(town):
    town.answer = pages = Pages(120)
    outcome = await outcome_for()
    assert isinstance(outcome, Ready)
    assert outcome.value == [f"A-{n}" for n in range(120)]
    assert pages.numbers == [0, 1, 2]
    assert [dict(request.rel_url.query) for request, _ in town.asked][1] == {"limit": "50", "page": "1"}


async def test_a_question_carries_a_token_of_ours_about_this_person_for_this_source(town):
    town.answer = Pages(0)
    assert isinstance(await outcome_for(), Nothing)
    ((request, _),) = town.asked
    written = request.headers["Authorization"].removeprefix("Bearer ")
    signing = source_tokens.ours()
    assert signing
    key = jwt.PyJWK(signing.published[0]).key
    claims = jwt.decode(written, key, algorithms=["RS256"], audience="urn:bron", issuer=settings.PORTAL_ORIGIN)
    assert (claims["rrn"], settings.OIDC_CLIENT_ID in claims["aud"]) == (NUMBER, True)


@pytest.mark.parametrize(
    ("pages", "found", "code"),
    [
        (Pages(2, totalElements=5), 2, "fewer than it said"),
        (Pages(60, totalElements=60, totalPages=1), 60, None),
        (Pages(60, totalElements=3, totalPages=2), 60, None),
        (Pages(2, totalElements=None, totalPages=None), 2, None),
        (Pages(2, totalElements="2", totalPages=-1), 2, None),
        (Pages(2, totalElements=10**12), 2, None),
        (Pages(3, totalPages=10**6), 3, None),
        (Pages(0, totalElements=None, links=[{"rel": "next", "href": "x"}]), 0, "fewer than it said"),
        (Pages(60, links=[{"rel": "next", "href": "x"}]), 60, None),
        (Pages(5000, size=500), partner.MOST, "too many certificates"),
        (Pages(1000, size=500), 1000, None),
        (Pages(5000), partner.MOST_PAGES * partner.SIZE, "too many pages"),
    ],
)
async def test_totals_that_lie_lose_nothing_and_lead_nowhere_endless(town, pages, found, code):
    town.answer = pages
    outcome = await outcome_for()
    assert isinstance(outcome, Ready | Partial)
    assert len(outcome.value) == found
    assert [part.code for part in getattr(outcome, "missing", ())] == ([code] if code else [])
    assert len(pages.numbers) <= partner.MOST_PAGES


async def test_a_page_that_comes_again_and_again_ends_it(town):
    class Same(Pages):
        async def __call__(self, request: web.Request) -> web.StreamResponse:
            self.numbers.append(0)
            return web.json_response(self.page(range(50), 0))

    town.answer = pages = Same(500)
    outcome = await outcome_for()
    assert isinstance(outcome, Partial)
    assert (len(outcome.value), [part.code for part in outcome.missing]) == (50, ["the same page again"])
    assert len(pages.numbers) == 2


async def test_pages_that_fail_or_hang_leave_what_came(town):
    async def hangs(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1000)
        return web.Response()

    pages = Pages(120)
    for second, said in ((status(503), ("unavailable", "HTTP 503")), (hangs, ("late", "page 2"))):
        town.answer = partial(_first_and, pages, second)
        outcome = await outcome_for()
        assert isinstance(outcome, Partial)
        assert (len(outcome.value), [(part.reason, part.code) for part in outcome.missing]) == (50, [said])


async def _first_and(first: Answers, others: Answers, request: web.Request) -> web.StreamResponse:
    return await (first if request.query["page"] == "0" else others)(request)


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (status(401), "refused", "HTTP 401"),
        (status(403), "refused", "HTTP 403"),
        (status(404), "refused", "HTTP 404"),
        (status(429), "busy", "HTTP 429"),
        (status(204), "status", "HTTP 204"),
        (status(302, Location="https://elders.example/"), "status", "HTTP 302"),
        (status(200, "<!DOCTYPE html><p>Even geduld", "text/html"), "unreadable", "HTML"),
        (status(200, "", "application/pdf"), "unreadable", "no JSON"),
    ],
)
async def test_what_is_no_list_says_why(town, answer, reason, detail):
    town.answer = answer
    outcome = await outcome_for()
    assert isinstance(outcome, Down)
    assert (outcome.reason, outcome.detail) == (reason, detail)
    assert len(town.asked) == 1


async def test_a_list_about_another_is_none(town):
    class Others(Pages):
        def page(self, here: Sequence[int], number: int) -> dict[str, Any]:
            return json.loads(json.dumps(super().page(here, number)).replace(NUMBER, "82710312762"))

    town.answer = Others(3)
    assert await outcome_for() == Down("mismatch", "INSZ")


async def test_a_document_comes_as_its_bytes_are(town):
    async def pdf(request: web.Request) -> web.StreamResponse:
        assert request.path == f"{PATH}/{NUMBER}/A-1/nl/download"
        return web.Response(body=PDF + b"\n \x00", content_type="text/html", charset="utf-16")

    town.answer = pdf
    outcome = await outcome_for(below="A-1/nl/download")
    assert isinstance(outcome, Ready)
    assert outcome.value == PDF + b"\n \x00"


async def test_a_document_may_be_larger_than_an_answer_and_no_larger_than_documents_are(town):
    sizes = iter((mutual_tls.LARGEST_ANSWER + 1, mutual_tls.LARGEST_DOCUMENT + 1))

    async def large(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"%PDF-" + b" " * next(sizes))

    town.answer = large
    assert isinstance(await outcome_for(below="A"), Ready)
    assert await outcome_for(below="A") == Down("unreadable", "answer too large")


async def test_no_number_leaves_a_trace_whatever_goes_wrong(town, caplog):
    caplog.set_level(logging.DEBUG)

    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 1000
        await response.prepare(request)
        await response.write(b"%PDF-")
        assert request.transport
        request.transport.abort()
        return response

    for answer in (status(403), status(500), cut, Pages(3, totalElements=9), status(200, f"{NUMBER}")):
        town.answer = answer
        for outcome in (await outcome_for(), await outcome_for(below=f"{NUMBER}/nl/download")):
            assert not isinstance(outcome, Down) or NUMBER not in repr(outcome)
    assert NUMBER not in "\n".join(record.getMessage() for record in caplog.records if record.name[:7] == "portal.")


async def test_without_a_key_nobody_is_asked(town):
    source_tokens.ours.cache_clear()
    try:
        with override_settings(SOURCE_TOKEN_KEY_FILE=""):
            assert await outcome_for() == Down("fault", "no key for tokens", is_elsewhere=True, is_unsent=True)
    finally:
        source_tokens.ours.cache_clear()
    assert town.asked == []
