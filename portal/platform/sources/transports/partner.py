"""Ask a source of certificates (partner API) for a citizen's list, or for one document, with a token that we sign.

Questions are GET over mutual TLS, below REST_URL. The contract puts the national number into these addresses, so they
are never logged and stand in no error: `mutual_tls` reports only the outcome of a call. Pages are asked for by
number, and documents by the end of their address in the list: no link is followed as it stands, and no redirect.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec
from django.conf import settings

from portal.platform.kit.unprinted import Unprinted

from .. import beside, unread
from ..catalogue import SourceQuestion
from ..inquiry import Inquiry
from ..manifest import Partner
from ..reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready, Reason
from . import citizen_token, mutual_tls, partner_pages
from .answer import AnswerText
from .partner_pages import ListItem, ListPlace

BELOW = "below"  # the name of the value that says which document is wanted (`ListItem.below`)
SIZE = 50  # certificates on a page
MOST_PAGES = 20
MOST = SIZE * MOST_PAGES  # certificates of a list, however many a source puts on a page
SHARE = 0.9  # of the deadline, after which no further page is waited for
LIST = "application/hal+json, application/json, application/problem+json"  # media types accepted of a list
DOCUMENTS = "application/pdf, application/problem+json"


class GatheredCertificates(Unprinted, frozen=True):
    """The certificates on all pages of a list. Never printed.

    left_out: the places of certificates that could not be used. lacking: why pages are missing, "" for none; code:
    the detail of that.
    """

    items: tuple[ListItem, ...]
    left_out: tuple[str, ...] = ()
    lacking: Reason | Literal[""] = ""
    code: str = ""


async def ask(question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]) -> AnswerText | Down:
    """Ask for the list about a person (`insz`), or for the document with the value BELOW.

    Each reference is added to `sent`. Failures upstream come back as values. The deadline is the caller's.
    """
    service = question.service
    assert isinstance(service, Partner)  # noqa: S101 - chosen by the caller's table
    place = place_of(service, values["insz"])
    if BELOW in values:
        return await _document(service, place, values[BELOW], sent)
    return await _list(service, place, sent)


def read[K, T](answer: AnswerText, inquiry: Inquiry[K, T], insz: str | None) -> Outcome[T]:
    """Read the answer to one inquiry. `ask` has checked page by page that it is about `insz`."""
    if inquiry.question.has_document:
        return Ready(inquiry.reader(answer.data, ()).value, answer.asked_at)
    gathered = msgspec.json.decode(answer.data, type=GatheredCertificates)
    made = inquiry.reader(gathered, ())
    missing = unread.missing_parts(inquiry, list(gathered.left_out))
    if gathered.lacking:
        missing.append(Missing(inquiry.agency.manifest.name, gathered.code, gathered.lacking))
    if missing:
        return Partial(made.value, tuple(missing), answer.asked_at)
    return Nothing(answer.asked_at) if made.is_empty else Ready(made.value, answer.asked_at)


def place_of(service: Partner, insz: str) -> ListPlace:
    """Make the place of a source: its address as we call it and as its own links have it, and the person's number."""
    ours = f"{settings.REST_URL}{service.path}"
    return ListPlace(ours, service.address or ours, insz)


async def _document(service: Partner, place: ListPlace, below: str, sent: list[str]) -> AnswerText | Down:
    headers = _headers(service, place, DOCUMENTS, sent)
    if isinstance(headers, Down):
        return headers
    # `partner_pages.below` has checked that `below` stays under the address of this person.
    address = f"{place.ours}/{place.insz}/{below}"
    answer = await mutual_tls.get_document(address, headers, expected=(200, 204), is_lenient=settings.REST_CA_LENIENT)
    return answer if isinstance(answer, Down) else AnswerText(answer.data, sent[-1], datetime.now(UTC))


async def _list(service: Partner, place: ListPlace, sent: list[str]) -> AnswerText | Down:
    until = time.monotonic() + service.deadline_s * SHARE
    items: dict[tuple[str, str], ListItem] = {}
    left_out: dict[str, None] = {}
    seen = 0
    lacking: Down | None = None
    for number in range(MOST_PAGES):
        page = await _page(service, place, number, until if number else None, sent)
        if isinstance(page, Down):
            if not number or page.reason == "mismatch":
                return page
            lacking = page
            break
        seen += page.on_page
        left_out |= dict.fromkeys(page.left_out)
        fresh = {(item.id, item.language): item for item in page.items}
        if number and page.items and fresh.keys() <= items.keys():
            lacking = Down("unreadable", "the same page again")
            break
        items |= {key: item for key, item in fresh.items() if key not in items}
        if len(items) > MOST:
            lacking = Down("unavailable", "too many certificates")
            break
        total = page.elements
        # A page may name a next one, the number of pages, and that of certificates, and these need not agree. If any
        # of them says that there is more, it is believed, until a page is empty.
        has_more = page.follows or number + 1 < (page.pages or 0) or seen < (total or 0)
        if not has_more or not page.on_page:
            # A source that names a next page after an empty one, and no total, may have more: that is not "nothing".
            if seen < (total or 0) or (page.follows and total is None):
                lacking = Down("unreadable", "fewer than it said")
            break
    else:
        lacking = Down("unavailable", "too many pages")
    gathered = GatheredCertificates(
        tuple(items.values())[:MOST],
        tuple(left_out),
        lacking.reason if lacking else "",
        lacking.detail if lacking else "",
    )
    return AnswerText(msgspec.json.encode(gathered), None, datetime.now(UTC))


async def _page(
    service: Partner, place: ListPlace, number: int, until: float | None, sent: list[str]
) -> partner_pages.ListPage | Down:
    headers = _headers(service, place, LIST, sent)
    if isinstance(headers, Down):
        return headers
    address = f"{place.ours}/{place.insz}?limit={SIZE}&page={number}"
    try:
        async with asyncio.timeout(None if until is None else until - time.monotonic()):
            answer = await mutual_tls.get(address, headers, expected=(200,), is_lenient=settings.REST_CA_LENIENT)
    except TimeoutError:
        return Down("late", f"page {number + 1}")
    if isinstance(answer, Down):
        return answer
    page = await beside.read(len(answer.data), lambda: partner_pages.page_of(answer.data, place))
    if isinstance(page, str):
        return Down("unreadable", page)
    return Down("mismatch", "INSZ") if page.is_about_another else page


def _headers(service: Partner, place: ListPlace, accepted: str, sent: list[str]) -> dict[str, str] | Down:
    token = citizen_token.token_of(place.insz, service.audience)
    return token if isinstance(token, Down) else citizen_token.headers_of(token, accepted, sent)
