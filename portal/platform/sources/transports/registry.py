"""Ask a Message Registry about somebody's eBox: for the list of messages, or for single paths below its address.

Calls go over mutual TLS, with a token of ours about one citizen for one registry (decision 0051). No link of an
answer is followed: pages are asked for by number, and messages by the ids of the registry, quoted.
"""

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from portal.platform.kit.unprinted import Unprinted
from portal.platform.wire.calls import HttpAnswer, StreamedAnswer

from .. import beside, unread
from ..catalogue import SourceQuestion
from ..inquiry import Inquiry
from ..reading import json_text
from ..reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready
from ..registries import BELOW, EACH, LIST, GatheredItems, GatheredMessages, ListQuery, Registry
from . import citizen_token, mutual_tls, registry_each, registry_list, registry_pages
from .answer import AnswerText
from .registry_list import DaySpan, GatheredList
from .registry_pages import ListQuestion, RegistryPage

log = logging.getLogger("portal.sources")

SHARE = 0.9  # of the deadline, after which no further page is asked for
SUMMARY_SECONDS = 0.5  # that a complete list waits for the numbers of the whole box
ABSENT = mutual_tls.refusal(404)
# 404 of a registry that does not know the box either: it says nothing about what stands in it.
_UNCLEAR = Down("unreadable", ABSENT.detail)
CHANGED = (200, 202, 204)

_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%-]{1,1000}(/[A-Za-z0-9._~!$&'()*+,;=:@%-]{1,1000}){0,9}")


class _Written(Unprinted, frozen=True):
    """GatheredMessages, with its messages as undecoded JSON. Never printed."""

    items: tuple[msgspec.Raw, ...]
    left_out: tuple[str, ...]
    has_more: bool
    is_cut: bool
    total: int | None
    unread: int | None


_message = msgspec.json.Decoder(dict[str, Any]).decode


class _MessageSummary(msgspec.Struct, rename="camel"):
    number_of_messages: Any = None
    number_of_unread_messages: Any = None


class Calls(Unprinted, frozen=True):
    """The calls of one question, with one token. Never printed."""

    registry: Registry
    token: str
    sent: list[str]

    async def get(self, below: str) -> HttpAnswer | Down:
        """Call GET on a path below the registry's address."""
        return await mutual_tls.get(
            self._address(below), self._headers(), expected=(200,), is_lenient=settings.REST_CA_LENIENT
        )

    async def open(self, below: str) -> StreamedAnswer | Down:
        """Call GET on a path, and give the answer while it arrives."""
        return await mutual_tls.open_file(
            self._address(below), self._headers("*/*"), is_lenient=settings.REST_CA_LENIENT
        )

    async def patch(self, below: str, patch: bytes) -> HttpAnswer | Down:
        """Call PATCH on a path, with a merge patch (RFC 7396)."""
        return await mutual_tls.patch(
            self._address(below),
            patch,
            self._headers() | {"Content-Type": "application/merge-patch+json"},
            expected=CHANGED,
            is_lenient=settings.REST_CA_LENIENT,
        )

    async def put_or_delete(self, below: str, *, is_on: bool) -> HttpAnswer | Down:
        """Call PUT (is_on) or DELETE on a path."""
        return await mutual_tls.put_or_delete(
            self._address(below), self._headers(), is_on=is_on, expected=(200,), is_lenient=settings.REST_CA_LENIENT
        )

    def _address(self, below: str) -> str:
        return f"{self.registry.address}/{below}"

    def _headers(self, accepted: str = "application/json") -> dict[str, str]:
        return citizen_token.headers_of(self.token, accepted, self.sent)


async def ask(question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]) -> AnswerText | Down:
    """Ask for the list of a person (`insz`) or for paths: by LIST, BELOW or EACH among the values (`registries`).

    Each reference is added to `sent`. Failures upstream come back as values. The deadline is the caller's.
    """
    calls = _calls(question, values, sent)
    if isinstance(calls, Down):
        return calls
    if BELOW in values:
        return await _below(calls, values[BELOW])
    if EACH in values:
        return await _each(calls, msgspec.json.decode(values[EACH], type=tuple[str, ...]), values["insz"])
    query = msgspec.json.decode(values[LIST], type=ListQuery)
    return await _list(calls, ListQuestion(values["insz"], query, datetime.now(UTC)))


async def open_file(
    question: SourceQuestion, values: Mapping[str, str], *, sent: list[str]
) -> StreamedAnswer | Down | Nothing:
    """Begin to read the file at the path BELOW, as `ask` does; the caller must close it. Nothing: there is none."""
    calls = _calls(question, values, sent)
    if isinstance(calls, Down):
        return calls
    opened = await calls.open(values[BELOW])
    if opened == ABSENT:
        return Nothing(datetime.now(UTC)) if await _is_gone(calls, values[BELOW]) else _UNCLEAR
    if (
        isinstance(opened, StreamedAnswer)
        and opened.headers.get("content-encoding", "identity").lower() != "identity"
    ):
        # It is compressed although we did not accept that, so its bytes are not the file's.
        opened.close()
        return Down("unreadable", "content-encoding")
    return opened


async def change(
    question: SourceQuestion, values: Mapping[str, str], patch: bytes, *, sent: list[str]
) -> Ready[None] | Down:
    """Send a merge patch to the path BELOW, once; failures come back as values, as by `ask`."""
    calls = _calls(question, values, sent)
    if isinstance(calls, Down):
        return calls
    answer = await calls.patch(values[BELOW], patch)
    return answer if isinstance(answer, Down) else Ready(None, datetime.now(UTC))


async def put_or_delete(
    question: SourceQuestion, values: Mapping[str, str], is_on: bool, *, sent: list[str]
) -> AnswerText | Down:
    """Send PUT (is_on) or DELETE to the path BELOW, once; give the answer, or a failure as by `ask`."""
    calls = _calls(question, values, sent)
    if isinstance(calls, Down):
        return calls
    answer = await calls.put_or_delete(values[BELOW], is_on=is_on)
    return answer if isinstance(answer, Down) else AnswerText(answer.data, calls.sent[-1], datetime.now(UTC))


def read[K, T](answer: AnswerText, inquiry: Inquiry[K, T], insz: str | None) -> Outcome[T]:
    """Read one inquiry's answer. `ask` has checked page by page for whom the messages of a list are."""
    if answer.is_empty:
        return Nothing(answer.asked_at)
    content: Any
    places: list[str] = []
    is_cut = False
    if LIST in inquiry.values:
        content = _gathered(msgspec.json.decode(answer.data, type=_Written))
        places, is_cut = list(content.left_out), content.is_cut
    elif EACH in inquiry.values:
        content = msgspec.json.decode(answer.data, type=GatheredItems)
        wanted = msgspec.json.decode(inquiry.values[EACH], type=tuple[str, ...])
        is_cut = len(content.items) + len(content.absent) < len(wanted)
    else:
        try:
            content = json_text.decode_with(msgspec.json.decode, answer.data)
        except json_text.FAILURES:
            return Down("unreadable", json_text.failure(answer.data))
        if not isinstance(content, dict):
            return Down("unreadable", "no object")
        if registry_pages.is_for_another(content.get("forTheAttentionOf"), insz or ""):
            return Down("mismatch", "INSZ")
    made = inquiry.reader(content, ())
    missing = unread.missing_parts(inquiry, [*places, *made.unread])
    if is_cut:
        missing.append(Missing(inquiry.agency.manifest.name, inquiry.question.source, "late"))
    if missing:
        return Partial(made.value, tuple(missing), answer.asked_at)
    return Nothing(answer.asked_at) if made.is_empty else Ready(made.value, answer.asked_at)


def _gathered(written: _Written) -> GatheredMessages:
    """Decode the messages of a list, of which only what their order needs was; leave out those that cannot be."""
    items, left_out = [], list(written.left_out)
    for raw in written.items:
        try:
            items.append(_message(raw))
        except json_text.FAILURES:
            left_out.append("messages/object")
    return GatheredMessages(
        tuple(items), tuple(left_out), written.has_more, written.is_cut, written.total, written.unread
    )


def _is_path(below: str) -> bool:
    """Tell whether a path stays below the address that it is put after; an id can be `..`."""
    return _PATH.fullmatch(below) is not None and not {".", ".."} & set(below.split("/"))


def _calls(question: SourceQuestion, values: Mapping[str, str], sent: list[str]) -> Calls | Down:
    """Make the calls of a question; a failure to do so does not count against the registry."""
    service = question.service
    assert isinstance(service, Registry)  # noqa: S101 - chosen by the caller's table
    if BELOW in values and not _is_path(values[BELOW]):
        return Down("fault", "no path", is_elsewhere=True, is_unsent=True)
    token = citizen_token.token_of(values["insz"], service.audience)
    return token if isinstance(token, Down) else Calls(service, token, sent)


async def _below(calls: Calls, below: str) -> AnswerText | Down:
    answer = await calls.get(below)
    if answer == ABSENT:
        asked_as = calls.sent[-1]
        if not await _is_gone(calls, below):
            return _UNCLEAR
        return AnswerText(b"", asked_as, datetime.now(UTC), is_empty=True)
    return answer if isinstance(answer, Down) else AnswerText(answer.data, calls.sent[-1], datetime.now(UTC))


async def _each(calls: Calls, places: tuple[str, ...], insz: str) -> AnswerText | Down:
    """Ask for several paths, each by itself; a path that leads elsewhere is not asked."""
    until = time.monotonic() + (calls.registry.deadline_s - SUMMARY_SECONDS) * SHARE
    paths = {at: below for at, below in enumerate(places) if _is_path(below)}
    found = await registry_each.gather(paths, calls.get, insz, until)
    if isinstance(found, Down):
        return found
    if found.absent and not await _knows_box(calls):
        if not found.items:
            return _UNCLEAR
        found = GatheredItems(found.items)
    return AnswerText(msgspec.json.encode(found), None, datetime.now(UTC))


async def _list(calls: Calls, asked: ListQuestion) -> AnswerText | Down:
    until = time.monotonic() + calls.registry.deadline_s * SHARE
    has_page = False

    async def ask_page(number: int, size: int, window: DaySpan) -> RegistryPage | Down:
        nonlocal has_page
        try:
            # The first page has the whole deadline, which is the caller's: without it there is nothing.
            async with asyncio.timeout(until - time.monotonic() if has_page else None):
                page = await _page(calls, asked, number, size, window)
        except TimeoutError:
            return Down("late", f"page {number}")
        if has_page and page == ABSENT:
            # Another page of the list was there, so 404 means that this page, or these days, have no message.
            return RegistryPage(total=0) if number == 1 else RegistryPage()
        has_page = True
        return page

    counting = asyncio.create_task(_summary(calls))
    try:
        found = await registry_list.gather(asked, ask_page, until)
        if found == ABSENT:
            found = await _absent(calls, asked, await counting)
        if isinstance(found, Down):
            return found
        if found.broke_order:
            log.info("%s: its messages are not in the order that it promises", calls.registry.audience)
        await asyncio.wait((counting,), timeout=min(SUMMARY_SECONDS, max(0.0, until - time.monotonic())))
        summary = counting.result() if counting.done() else None
    finally:
        counting.cancel()
    return AnswerText(_write(found, summary), None, datetime.now(UTC))


async def _absent(calls: Calls, asked: ListQuestion, summary: _MessageSummary | None) -> GatheredList | Down:
    """Give what 404 on a list means: empty, if the registry says so in another way, else a failure."""
    if summary is not None and registry_pages.whole(summary.number_of_messages) == 0:
        return GatheredList(())
    if summary is not None and (asked.query.filters or asked.query.past):
        # Some registries answer 404 when no message fits; these do have a list without filters.
        plain = msgspec.structs.replace(asked, query=ListQuery())
        page = await _page(calls, plain, 1, 1, DaySpan())
        if isinstance(page, RegistryPage) and page.on_page:
            return GatheredList(())
        if isinstance(page, Down) and page != ABSENT:
            return page
    return _UNCLEAR


async def _page(calls: Calls, asked: ListQuestion, number: int, size: int, window: DaySpan) -> RegistryPage | Down:
    days = {"receivedAfter": window.after, "receivedBefore": window.before}
    query = {"page": number, "pageSize": size} | dict(asked.query.filters)
    query |= {name: day.isoformat() for name, day in days.items() if day}
    answer = await calls.get(f"ebox/messages?{urlencode(query)}")
    if isinstance(answer, Down):
        return answer
    page = await beside.read(len(answer.data), lambda: registry_pages.page_of(answer.data, asked))
    if isinstance(page, str):
        return Down("unreadable", page)
    return Down("mismatch", "INSZ") if page.is_about_another else page


async def _summary(calls: Calls) -> _MessageSummary | None:
    answer = await calls.get("ebox")
    if isinstance(answer, Down):
        return None
    try:
        return msgspec.json.decode(answer.data, type=_MessageSummary)
    except json_text.FAILURES:
        return None


async def _is_gone(calls: Calls, below: str) -> bool:
    """Tell whether 404 on a path says that what stands there is gone: of a box, only if the registry knows that."""
    return not below.startswith("ebox/") or await _knows_box(calls)


async def _knows_box(calls: Calls) -> bool:
    try:
        async with asyncio.timeout(SUMMARY_SECONDS):
            summary = await _summary(calls)
    except TimeoutError:
        return False
    return summary is not None and registry_pages.whole(summary.number_of_messages) is not None


def _write(found: GatheredList, summary: _MessageSummary | None) -> bytes:
    return msgspec.json.encode(
        _Written(
            tuple(one.raw for one in found.messages),
            found.left_out,
            found.has_more,
            found.is_cut,
            registry_pages.whole(summary.number_of_messages) if summary else None,
            registry_pages.whole(summary.number_of_unread_messages) if summary else None,
        )
    )
