"""Limit the requests of one citizen, in all their sessions together, so that nobody's pages wait for theirs.

The limits hold in all processes of this machine together (`shared_counts`), since a page comes to any of them; but
for the length of the line: each process has its own. Requests beyond the limits wait in a line of their citizen,
first come first served in each process; only when the line is long, or moves too slowly, are they refused. Signing
out never waits; the page that asks whether to sign out does. Visitors who are not signed in share the line of their
network.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import async_only_middleware

from portal.platform.access import form_key
from portal.platform.access.middleware import comes_from_us, waits_for_news
from portal.platform.access.types import Request, Respond
from portal.platform.kit.networks import Network, around
from portal.platform.ui import first_bytes
from portal.platform.ui.links import links

from . import refusals, shared_counts
from .quotas import RequestQuota
from .shared_counts import CountKind, Counts

PATIENCE = 10.0  # seconds in the line; as long as a page waits for its sources
# A refusal waits this long: a script that retries at once would cost nearly as much as a page.
REFUSED_AFTER = 2.0
MANY = 1_000  # names that are kept; beyond this number, those with nothing under way are dropped

log = logging.getLogger("portal.request")

returns = RequestQuota(shared_counts.counts(CountKind.RETURNS))
streams = RequestQuota(shared_counts.counts(CountKind.STREAMS))


class TooMuchError(Exception):
    """A citizen or network has as many requests under way and waiting as they may have, or one waited too long."""


class Limits(NamedTuple):
    """How many requests may be under way; begin in one burst, and then each second; and wait in the line."""

    at_once: int
    burst: int
    per_second: int
    waiting: int


class _OwnBudget:
    """The requests of one citizen or network in this process. under_way: how many; slot: in the shared counts.

    waiting: a future for each request in the line. timer: set while requests wait for the pace.
    """

    __slots__ = ("limits", "slot", "timer", "under_way", "waiting")

    def __init__(self, limits: Limits, slot: int) -> None:
        self.limits = limits
        self.slot = slot
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.timer: asyncio.TimerHandle | None = None


class Budgets:
    """The budgets of all citizens, or of all networks. clock: gives seconds, the same in all processes."""

    def __init__(self, counts: Counts, clock: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._clock = clock
        self._of: dict[Hashable, _OwnBudget] = {}

    async def enter(self, who: Hashable, limits: Limits, page: str = "") -> Callable[[], None]:
        """Wait for a turn; return a function that ends the turn, which may be called again. Raise TooMuchError.

        who: the citizen or network. page: the correlation id of the request; while it waits in the line, other pages
        do not wait for its first byte (`first_bytes`).
        """
        own = self._of.get(who)
        if own is None:
            self._drop_unused()
            own = self._of[who] = _OwnBudget(limits, self._counts.slot(who))
        if own.waiting or not self._try_take(own):
            was_due = first_bytes.register(page)
            await self._wait(own)
            if was_due:
                first_bytes.expect(page)
        has_left = False

        def leave() -> None:
            nonlocal has_left
            if not has_left:
                has_left = True
                self._leave(own)
                self._serve_line(own)

        return leave

    async def _wait(self, own: _OwnBudget) -> None:
        if len(own.waiting) >= own.limits.waiting:
            raise TooMuchError
        turn = asyncio.get_running_loop().create_future()
        own.waiting.append(turn)
        self._serve_line(own)
        try:
            async with asyncio.timeout(PATIENCE):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                # The turn came just when this request gave up; the next in line gets it.
                self._leave(own)
            with suppress(ValueError):
                own.waiting.remove(turn)
            self._serve_line(own)
            if isinstance(error, TimeoutError):
                raise TooMuchError from None
            raise

    def _try_take(self, own: _OwnBudget) -> bool:
        """Take a turn if one is free and the pace allows it; tell whether it was taken.

        The pace is that of GCRA: a slot is paid until a moment, which each turn moves on by 1 / per_second.
        """
        now = self._clock()
        pace = 1 / own.limits.per_second
        paid = self._counts.paid_until(own.slot)
        is_full = self._counts.total_held(own.slot) >= own.limits.at_once
        if is_full or paid - now > (own.limits.burst - 1) * pace:
            return False
        own.under_way += 1
        self._counts.add(own.slot, 1)
        self._counts.pay(own.slot, max(paid, now) + pace)
        return True

    def _leave(self, own: _OwnBudget) -> None:
        own.under_way -= 1
        self._counts.add(own.slot, -1)

    def _serve_line(self, own: _OwnBudget) -> None:
        """Give turns to requests that wait, and look again when the pace allows the next.

        A turn that becomes free in another process is found in this way too.
        """
        while own.waiting and self._try_take(own):
            turn = own.waiting.popleft()
            if turn.done():
                self._leave(own)
            else:
                turn.set_result(None)
        if own.waiting and own.under_way < own.limits.at_once and own.timer is None:
            own.timer = asyncio.get_running_loop().call_later(1 / own.limits.per_second, self._look_again, own)

    def _look_again(self, own: _OwnBudget) -> None:
        own.timer = None
        self._serve_line(own)

    def _drop_unused(self) -> None:
        """Drop the budgets with nothing under way and an unused pace, when there are many."""
        if len(self._of) < MANY:
            return
        now = self._clock()
        for who, own in list(self._of.items()):
            if not own.under_way and not own.waiting and self._counts.paid_until(own.slot) <= now:
                del self._of[who]


budgets = Budgets(shared_counts.counts(CountKind.PAGES))  # of citizens
visitors = Budgets(shared_counts.counts(CountKind.VISITORS))  # of networks, for whoever is not signed in


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Hold each citizen to their budget, and visitors who are not signed in to that of their network."""

    async def respond(request: Request) -> HttpResponseBase:
        if request.session is None:
            return await answer_visitor(request, get_response)
        if _signs_out(request):
            return await get_response(request)
        try:
            leave = await budgets.enter(request.session.citizen_id, _of_citizen(), request.correlation_id)
        except TooMuchError:
            await asyncio.sleep(REFUSED_AFTER)
            return _too_much(request, "pages", HTTPStatus.TOO_MANY_REQUESTS)
        if waits_for_news(request.path_info):
            # Such a request begins like a page, but then lasts for hours and counts among the streams.
            leave()
            return await _answer_stream(request, request.session.citizen_id, get_response)
        try:
            response = await get_response(request)
        except BaseException:
            leave()
            raise
        if not response.streaming:
            leave()
            return response
        _call_at_end(response, leave)
        return response

    return respond


def _signs_out(request: Request) -> bool:
    """Tell whether a request ends its session: our own form posts it, so the next one has no session to sign out."""
    if request.method != "POST" or request.path_info != links.sign_out():
        return False
    return comes_from_us(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"))


async def _answer_stream(request: Request, citizen_id: UUID, get_response: Respond) -> HttpResponseBase:
    """Answer a request that waits for news, if there is a place among the streams, else refuse it at once."""
    networks = around(request.META.get("REMOTE_ADDR", ""))
    places = (
        ([Network(f"citizen {citizen_id}", 1)], settings.STREAMS_PER_CITIZEN),
        (networks, settings.STREAMS_PER_NETWORK),
        ([Network("all", 1)], settings.STREAMS_AT_ONCE),
    )
    with ExitStack() as held:
        if not all(held.enter_context(streams.take(names, most)) for names, most in places):
            log.warning("too much at once: streams %s", request.correlation_id)
            retry = {"Retry-After": str(refusals.RETRY_SECONDS)}
            return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        response = await get_response(request)
        if response.streaming:
            _call_at_end(response, held.pop_all().close)
        return response


def _call_at_end(stream: HttpResponseBase, leave: Callable[[], None]) -> None:
    """Call `leave` when a stream is closed, also because its reader left.

    The call goes through the loop, as Django's test client closes streams in a thread.
    """
    loop = asyncio.get_running_loop()
    closers = stream._resource_closers  # type: ignore[attr-defined]  # Django has no public list of them
    closers.append(lambda: loop.call_soon_threadsafe(leave))


async def answer_visitor(request: Request, get_response: Respond) -> HttpResponseBase:
    """Answer a visitor who is not signed in, when their networks have a turn."""
    networks = around(request.META.get("REMOTE_ADDR", ""))
    with ExitStack() as held:
        try:
            for name, times in networks:
                held.callback(await visitors.enter(name, _of_network(times), request.correlation_id))
        except TooMuchError:
            held.close()  # others may have its places while the refusal waits
            await asyncio.sleep(REFUSED_AFTER)
            return _too_much(request, "visitors", HTTPStatus.SERVICE_UNAVAILABLE)
        if request.path_info != links.return_from_provider():
            return await get_response(request)
        if not held.enter_context(returns.take(networks, settings.RETURNS_PER_NETWORK)):
            return _too_much(request, "returns", HTTPStatus.SERVICE_UNAVAILABLE)
        return await get_response(request)


def _of_citizen() -> Limits:
    return Limits(
        settings.PAGES_PER_CITIZEN,
        settings.PAGES_BURST,
        settings.PAGES_PER_CITIZEN_SECOND,
        settings.PAGES_WAITING_PER_CITIZEN,
    )


def _of_network(times: int) -> Limits:
    """Give the limits of a network: of the pace, for `connections` limits how many are there at once."""
    at_once = settings.CONNECTIONS_PER_NETWORK * times
    return Limits(at_once, settings.VISITORS_BURST * times, settings.VISITORS_PER_NETWORK_SECOND * times, at_once)


def _too_much(request: Request, kind: str, status: HTTPStatus) -> HttpResponseBase:
    log.warning("too much at once: %s %s", kind, request.correlation_id)
    response = form_key.keep_for_later(request, "busy", status) or render(
        request, "site/too_much.html", {"of": kind}, status=status
    )
    response.headers["Retry-After"] = str(refusals.RETRY_SECONDS)
    return response
