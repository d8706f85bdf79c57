"""What one citizen may have under way, in all their sessions together, so that nobody's pages wait for theirs.

In this process, which is what has the processor to lose. A citizen who asks more waits in a line of their own, first
come first served; only when that is long, or moves too slowly, are they told to come back. Signing out never waits.
Whoever is not signed in shares the line of their network.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import async_only_middleware

from portal.platform.access import form_key
from portal.platform.access.middleware import is_of_machine
from portal.platform.access.types import Request, Respond
from portal.platform.kit.networks import around
from portal.platform.ui import first_bytes
from portal.platform.ui.links import links

from . import refusals
from .places import Places

PATIENCE = 10.0  # seconds in the line; as long as a page waits for its sources
# Before one is told to come back: who does so at once, as a script does, would cost nearly what a page costs.
REFUSED_AFTER = 2.0
MANY = 1_000  # of whom something is known, after which those with nothing under way are forgotten

log = logging.getLogger("portal.request")

returns = Places()


class TooMuchError(Exception):
    """Somebody has as much under way, and waiting, as they may."""


class Limits(NamedTuple):
    """So many under way; so many begun in one go, and then each second; so many in the line."""

    at_once: int
    burst: int
    per_second: int
    waiting: int


class _Own:
    """What one of them has under way, and who waits; paid: the moment until which their pace is used up."""

    __slots__ = ("limits", "paid", "timer", "under_way", "waiting")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.paid = 0.0
        self.timer: asyncio.TimerHandle | None = None


class Budgets:
    """Places and pace by who asks. clock: seconds, as the loop's own when not given."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: dict[Hashable, _Own] = {}

    async def enter(self, who: Hashable, limits: Limits, page: str = "") -> Callable[[], None]:
        """Wait for a place; gives what leaves it, to be called once or more often. Raise TooMuchError.

        page: its correlation id. While it stands in the line, no page of others waits for its first byte.
        """
        own = self._of.get(who)
        if own is None:
            self._forget()
            own = self._of[who] = _Own(limits)
        if own.waiting or not self._takes(own):
            was_due = first_bytes.sent(page)
            await self._wait(own)
            if was_due:
                first_bytes.expect(page)
        has_left = False

        def leave() -> None:
            nonlocal has_left
            if not has_left:
                has_left = True
                own.under_way -= 1
                self._let_in(own)

        return leave

    async def _wait(self, own: _Own) -> None:
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
                # It came at the same moment: the next one has it.
                own.under_way -= 1
            with suppress(ValueError):
                own.waiting.remove(turn)
            self._let_in(own)
            if isinstance(error, TimeoutError):
                raise TooMuchError from None
            raise

    def _takes(self, own: _Own) -> bool:
        """Take a place when there is one and the pace allows it."""
        now = self._clock()
        pace = 1 / own.limits.per_second
        if own.under_way >= own.limits.at_once or own.paid - now > (own.limits.burst - 1) * pace:
            return False
        own.under_way += 1
        own.paid = max(own.paid, now) + pace
        return True

    def _let_in(self, own: _Own) -> None:
        """Give those who wait their places, and look again when the pace allows the next."""
        while own.waiting and self._takes(own):
            turn = own.waiting.popleft()
            if turn.done():
                own.under_way -= 1
            else:
                turn.set_result(None)
        if own.waiting and own.under_way < own.limits.at_once and own.timer is None:
            own.timer = asyncio.get_running_loop().call_later(1 / own.limits.per_second, self._again, own)

    def _again(self, own: _Own) -> None:
        own.timer = None
        self._let_in(own)

    def _forget(self) -> None:
        """Forget those who have nothing under way and may go as fast as anybody."""
        if len(self._of) < MANY:
            return
        now = self._clock()
        for who, own in list(self._of.items()):
            if not own.under_way and not own.waiting and own.paid <= now:
                del self._of[who]


budgets = Budgets()  # of citizens
visitors = Budgets()  # of networks, for whoever is not signed in


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Let a citizen have so much under way, and those of a network who are not signed in."""

    async def respond(request: Request) -> HttpResponseBase:
        if request.session is None:
            # Machines say by themselves who they are, and come many from one address.
            return await (get_response(request) if is_of_machine(request) else _visited(request, get_response))
        if request.path_info == links.sign_out():
            return await get_response(request)
        try:
            leave = await budgets.enter(request.session.citizen_id, _of_citizen(), request.correlation_id)
        except TooMuchError:
            await asyncio.sleep(REFUSED_AFTER)
            return _too_much(request, "pages", HTTPStatus.TOO_MANY_REQUESTS)
        try:
            response = await get_response(request)
        except BaseException:
            leave()
            raise
        if not response.streaming:
            leave()
            return response
        # A stream is under way until it is closed, which Django does in a thread, also when its reader left.
        loop = asyncio.get_running_loop()
        response._resource_closers.append(lambda: loop.call_soon_threadsafe(leave))
        return response

    return respond


async def _visited(request: Request, get_response: Respond) -> HttpResponseBase:
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
    """Bound how fast they come: how many there are at once is for connections to bound."""
    at_once = settings.CONNECTIONS_PER_NETWORK * times
    return Limits(at_once, settings.VISITORS_BURST * times, settings.VISITORS_PER_NETWORK_SECOND * times, at_once)


def _too_much(request: Request, of: str, status: HTTPStatus) -> HttpResponseBase:
    log.warning("too much at once: %s %s", of, request.correlation_id)
    response = form_key.kept_for_later(request, "busy", status) or render(
        request, "home/too_much.html", {"of": of}, status=status
    )
    response.headers["Retry-After"] = str(refusals.RETRY_SECONDS)
    return response
