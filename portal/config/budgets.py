"""What one citizen may have under way, in all their sessions together, so that nobody's pages wait for theirs.

In all processes of this machine together (`shared_counts`): which of them a page comes to is chance. A citizen who
asks more waits in a line of their own, first come first served in each process; only when that is long, or moves too
slowly, are they told to come back. Signing out never waits. Who is not signed in shares the line of their network.
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
from portal.platform.access.middleware import is_of_machine, waits_for_news
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
MANY = 1_000  # names kept; beyond this number, those with nothing under way are forgotten

log = logging.getLogger("portal.request")

returns = RequestQuota(shared_counts.counts(CountKind.RETURNS))
streams = RequestQuota(shared_counts.counts(CountKind.STREAMS))


class TooMuchError(Exception):
    """A citizen or a network has as many requests under way and waiting as they may have."""


class Limits(NamedTuple):
    """So many under way; so many begun in one go, and then each second; so many in the line."""

    at_once: int
    burst: int
    per_second: int
    waiting: int


class _OwnBudget:
    """What one citizen or network has under way in this process, and who waits; slot: theirs in the shared counts."""

    __slots__ = ("limits", "slot", "timer", "under_way", "waiting")

    def __init__(self, limits: Limits, slot: int) -> None:
        self.limits = limits
        self.slot = slot
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.timer: asyncio.TimerHandle | None = None


class Budgets:
    """Turns and pace by who asks. clock: seconds, the same in all processes, as the loop's own when not given."""

    def __init__(self, counts: Counts, clock: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._clock = clock
        self._of: dict[Hashable, _OwnBudget] = {}

    async def enter(self, who: Hashable, limits: Limits, page: str = "") -> Callable[[], None]:
        """Wait for a turn; gives what ends it, to be called once or more often. Raise TooMuchError.

        page: its correlation id. While it stands in the line, no page of others waits for its first byte.
        """
        own = self._of.get(who)
        if own is None:
            self._forget()
            own = self._of[who] = _OwnBudget(limits, self._counts.slot(who))
        if own.waiting or not self._takes(own):
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
                self._let_in(own)

        return leave

    async def _wait(self, own: _OwnBudget) -> None:
        if len(own.waiting) >= own.limits.waiting:
            raise TooMuchError
        turn = asyncio.get_running_loop().create_future()
        own.waiting.append(turn)
        self._let_in(own)
        try:
            async with asyncio.timeout(PATIENCE):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                # The turn came just as this request gave up: the next in line gets it.
                self._leave(own)
            with suppress(ValueError):
                own.waiting.remove(turn)
            self._let_in(own)
            if isinstance(error, TimeoutError):
                raise TooMuchError from None
            raise

    def _takes(self, own: _OwnBudget) -> bool:
        """Take a turn when there is one and the pace allows it."""
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

    def _let_in(self, own: _OwnBudget) -> None:
        """Give those who wait their turns, and look again when the pace allows the next.

        A turn that comes free in another process is found so too.
        """
        while own.waiting and self._takes(own):
            turn = own.waiting.popleft()
            if turn.done():
                self._leave(own)
            else:
                turn.set_result(None)
        if own.waiting and own.under_way < own.limits.at_once and own.timer is None:
            own.timer = asyncio.get_running_loop().call_later(1 / own.limits.per_second, self._again, own)

    def _again(self, own: _OwnBudget) -> None:
        own.timer = None
        self._let_in(own)

    def _forget(self) -> None:
        """Forget those who have nothing under way and may go as fast as anybody."""
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
            # A machine identifies itself, and many of them call from one address.
            return await (get_response(request) if is_of_machine(request) else _answer_visitor(request, get_response))
        if request.path_info == links.sign_out():
            return await get_response(request)
        try:
            leave = await budgets.enter(request.session.citizen_id, _of_citizen(), request.correlation_id)
        except TooMuchError:
            await asyncio.sleep(REFUSED_AFTER)
            return _too_much(request, "pages", HTTPStatus.TOO_MANY_REQUESTS)
        if waits_for_news(request.path_info):
            # It began as a page does, and for hours it is none.
            leave()
            return await _waiting(request, request.session.citizen_id, get_response)
        try:
            response = await get_response(request)
        except BaseException:
            leave()
            raise
        if not response.streaming:
            leave()
            return response
        _at_end_of(response, leave)
        return response

    return respond


async def _waiting(request: Request, citizen_id: UUID, get_response: Respond) -> HttpResponseBase:
    """Let a page of a citizen wait for news, where there is a place for it; it is of no use to wait for that."""
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
            _at_end_of(response, held.pop_all().close)
        return response


def _at_end_of(stream: HttpResponseBase, leave: Callable[[], None]) -> None:
    """Give a place back when a stream is closed, also when its reader left; Django's test client closes it in a
    thread.
    """
    loop = asyncio.get_running_loop()
    closers = stream._resource_closers  # type: ignore[attr-defined]  # Django has no public list of them
    closers.append(lambda: loop.call_soon_threadsafe(leave))


async def _answer_visitor(request: Request, get_response: Respond) -> HttpResponseBase:
    """Answer whoever is not signed in, when it is their network's turn."""
    networks = around(request.META.get("REMOTE_ADDR", ""))
    with ExitStack() as held:
        try:
            for name, times in networks:
                held.callback(await visitors.enter(name, _of_network(times), request.correlation_id))
        except TooMuchError:
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
    """Limit how fast a network's visitors come; `connections` limits how many there are at once."""
    at_once = settings.CONNECTIONS_PER_NETWORK * times
    return Limits(at_once, settings.VISITORS_BURST * times, settings.VISITORS_PER_NETWORK_SECOND * times, at_once)


def _too_much(request: Request, of: str, status: HTTPStatus) -> HttpResponseBase:
    log.warning("too much at once: %s %s", of, request.correlation_id)
    response = form_key.keep_for_later(request, "busy", status) or render(
        request, "site/too_much.html", {"of": of}, status=status
    )
    response.headers["Retry-After"] = str(refusals.RETRY_SECONDS)
    return response
