"""What one citizen may have under way, in all their sessions together, so that nobody's pages wait for theirs.

In this process, which is what has the processor to lose. A citizen who asks more waits in a line of their own, first
come first served; only when that is long, or moves too slowly, are they told to come back. Signing out never waits.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import async_only_middleware

from portal.platform.kit.networks import around
from portal.platform.ui import first_bytes

from . import refusals
from .places import Places

Respond = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

PATIENCE = 10.0  # seconds in the line; as long as a page waits for its sources
# Before one is told to come back: who does so at once, as a script does, would cost nearly what a page costs.
REFUSED_AFTER = 2.0
MANY = 1_000  # citizens, after which those with nothing under way are forgotten

log = logging.getLogger("portal.request")

returns = Places()


class TooMuchError(Exception):
    """A citizen has as much under way, and waiting, as they may."""


class _Own:
    """What one citizen has under way, and who waits; paid: the moment until which their pace is used up."""

    __slots__ = ("paid", "timer", "under_way", "waiting")

    def __init__(self) -> None:
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.paid = 0.0
        self.timer: asyncio.TimerHandle | None = None


class Budgets:
    """Places and pace by citizen. clock: seconds, as the loop's own when not given."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: dict[UUID, _Own] = {}

    async def enter(self, citizen: UUID, page: str = "") -> Callable[[], None]:
        """Wait for a place; gives what leaves it, to be called once or more often. Raise TooMuchError.

        page: its correlation id. While it stands in the line, no page of others waits for its first byte.
        """
        own = self._of.get(citizen)
        if own is None:
            self._forget()
            own = self._of[citizen] = _Own()
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
        if len(own.waiting) >= settings.PAGES_WAITING_PER_CITIZEN:
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
        pace = 1 / settings.PAGES_PER_CITIZEN_SECOND
        if own.under_way >= settings.PAGES_PER_CITIZEN or own.paid - now > (settings.PAGES_BURST - 1) * pace:
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
        if own.waiting and own.under_way < settings.PAGES_PER_CITIZEN and own.timer is None:
            own.timer = asyncio.get_running_loop().call_later(1 / settings.PAGES_PER_CITIZEN_SECOND, self._again, own)

    def _again(self, own: _Own) -> None:
        own.timer = None
        self._let_in(own)

    def _forget(self) -> None:
        """Forget the citizens who have nothing under way and may go as fast as anybody."""
        if len(self._of) < MANY:
            return
        now = self._clock()
        for citizen, own in list(self._of.items()):
            if not own.under_way and not own.waiting and own.paid <= now:
                del self._of[citizen]


budgets = Budgets()


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Let a citizen have so much under way, and a network so many returns from the provider."""

    async def respond(request: HttpRequest) -> HttpResponseBase:
        if request.session is None:
            if request.path_info != _return():
                return await get_response(request)
            networks = around(request.META.get("REMOTE_ADDR", ""))
            with returns.take(networks, settings.RETURNS_PER_NETWORK) as has_place:
                return await get_response(request) if has_place else _too_much(request, "returns", 503)
        if request.path_info == _sign_out():
            return await get_response(request)
        try:
            leave = await budgets.enter(request.session.citizen_id, request.correlation_id)
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


@cache
def _return() -> str:
    return str(reverse("entry:come_back"))


@cache
def _sign_out() -> str:
    return str(reverse("entry:sign_out"))


def _too_much(request: HttpRequest, of: str, status: int) -> HttpResponseBase:
    log.warning("too much at once: %s %s", of, request.correlation_id)
    response = render(request, "home/too_much.html", {"is_own": of == "pages"}, status=status)
    response.headers["Retry-After"] = str(refusals.RETRY_SECONDS)
    return response
