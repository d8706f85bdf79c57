"""aiohttp's pool of connections with bounds of our own, and with knowledge of which connection was kept.

aiohttp has bounds too, but its clock for connecting runs while one waits for a place, and nothing bounds how many
connections are set up at once: sixty pages at one moment then do nothing but handshakes, each slower than that clock.
"""

import asyncio
import contextlib
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import AddrInfoType, Connection

from .resumption import ResumingContext

KEPT_SECONDS = 60.0
UNHEARD_MS = 500  # for which what we sent may stay without even the other side's acknowledgement
TICKS = 10  # in which the clock for connecting is read


@dataclass
class Way:
    """How one question goes: over a kept connection or a new one, and what TLS object a new one has."""

    must_be_fresh: bool = False
    is_kept: bool = False
    tls: ssl.SSLObject | None = None


@dataclass
class Waiting:
    """How long was waited here for places of ours since `began` (of the loop), in seconds.

    `has_place` is False as long as one is waited for.
    """

    began: float
    seconds: float = 0.0
    has_place: bool = True

    def begin_anew(self) -> None:
        """Note from now on only."""
        self.began, self.seconds = asyncio.get_running_loop().time(), 0.0

    @property
    def took_most(self) -> bool:
        """Tell whether more of the time until now went by in waiting than was left for who is asked."""
        passed = asyncio.get_running_loop().time() - self.began
        return not self.has_place or self.seconds > passed / 2


@dataclass
class Origin:
    """One scheme, host, port and TLS context: connections in use, those of them being set up, and who waits."""

    in_use: int = 0
    setting_up: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def wake(self) -> None:
        """Let the first who waits look again."""
        while self.waiting:
            first = self.waiting.popleft()
            if not first.done():
                first.set_result(None)
                return
            # Who gave up at this very moment.


_way: ContextVar[Way] = ContextVar("way")
_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


@contextlib.contextmanager
def going(way: Way) -> Iterator[None]:
    """Say how the question asked inside goes."""
    token = _way.set(way)
    try:
        yield
    finally:
        _way.reset(token)


@contextlib.contextmanager
def noted_waiting() -> Iterator[Waiting]:
    """Note how long questions asked inside wait for places of ours: that is no slowness of who is asked."""
    noted = Waiting(asyncio.get_running_loop().time())
    token = _waiting.set(noted)
    try:
        yield noted
    finally:
        _waiting.reset(token)


class Connector(aiohttp.TCPConnector):
    """Connections to several origins.

    at_once: connections in use per origin. setting_up: those that are being set up at once per origin.
    connect_seconds: for name, TCP and TLS of a new connection. is_kept: whether one serves again.
    Who finds no place waits, at most until the caller's deadline, and takes a kept connection that comes free first.
    """

    def __init__(self, *, at_once: int, setting_up: int, connect_seconds: float, is_kept: bool = True) -> None:
        keeping: dict[str, Any] = {"keepalive_timeout": KEPT_SECONDS} if is_kept else {"force_close": True}
        super().__init__(limit=0, socket_factory=_socket, **keeping)
        self._at_once = at_once
        self._setting_up = setting_up
        self._connect_seconds = connect_seconds
        self._origins: defaultdict[ConnectionKey, Origin] = defaultdict(Origin)

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Connection:  # noqa: ASYNC109 - aiohttp's
        """Take a kept connection, or set one up, as soon as there is a place for it."""
        key = req.connection_key
        origin = self._origins[key]
        if origin.waiting or not self._has_place(key, origin):
            await self._wait(key, origin)
        origin.in_use += 1
        try:
            return await super().connect(req, traces, timeout)
        except BaseException:
            origin.in_use -= 1
            origin.wake()
            raise

    async def _get(self, key: ConnectionKey, traces: Any) -> Connection | None:
        way = _way.get()
        way.is_kept = False
        if way.must_be_fresh:
            return None
        while (kept := await super()._get(key, traces)) is not None:
            # What came while nobody asked (a farewell, an answer given twice) would be taken for the answer to this
            # question, and this one's answer for the next one's.
            if kept.protocol is not None and not kept.protocol.should_close:
                way.is_kept = True
                return kept
            # Closing gives a place back; this question keeps its own.
            self._origins[key].in_use += 1
            kept.close()
        return None

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109 - aiohttp's
        origin = self._origins[req.connection_key]
        origin.setting_up += 1
        try:
            made = await self._set_up(req, traces, timeout)
        finally:
            origin.setting_up -= 1
            origin.wake()
        if made.transport is not None:
            _way.get().tls = made.transport.get_extra_info("ssl_object")
        return made

    async def _set_up(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109 - aiohttp's
        """Set a connection up; once more by a whole handshake where one failed that offered a TLS session."""
        context = req.ssl if isinstance(req.ssl, ResumingContext) else None
        offered = context.offered if context else 0
        try:
            return await _within(self._connect_seconds, super()._create_connection(req, traces, timeout))
        except (aiohttp.ClientError, OSError) as error:
            if context is None or context.offered == offered:
                raise
            if isinstance(error, TimeoutError):
                context.offer_none()
                raise
            context.forget()
        made = await _within(self._connect_seconds, super()._create_connection(req, traces, timeout))
        context.offer_none()
        return made

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        super()._release(key, protocol, should_close=should_close)
        origin = self._origins[key]
        origin.in_use -= 1
        origin.wake()

    def _has_place(self, key: ConnectionKey, origin: Origin) -> bool:
        """Tell whether a question can go on now, over a kept connection or a new one."""
        if origin.in_use >= self._at_once:
            return False
        return origin.setting_up < self._setting_up or (bool(self._conns.get(key)) and not _way.get().must_be_fresh)

    async def _wait(self, key: ConnectionKey, origin: Origin) -> None:
        """Wait for a place, in order; who was woken for one that is gone again stays the first."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        noted = _waiting.get() or Waiting(began)
        noted.has_place = False
        turn = loop.create_future()
        origin.waiting.append(turn)
        try:
            await turn
            while not self._has_place(key, origin):
                turn = loop.create_future()
                origin.waiting.appendleft(turn)
                await turn
        except BaseException:
            if turn in origin.waiting:
                origin.waiting.remove(turn)
            elif not turn.cancelled():
                # Woken and given up at the same moment: the place is for the next.
                origin.wake()
            raise
        finally:
            noted.seconds += loop.time() - began
        noted.has_place = True


async def _within(seconds: float, setting_up: Any) -> ResponseHandler:
    """Set a connection up within so many seconds; raises TimeoutError.

    The time is counted in ticks: while the loop is held by something else nobody sees what came, and such a pause of
    ours counts as one tick only.
    """
    task: asyncio.Task[ResponseHandler] = asyncio.create_task(setting_up)
    try:
        for _ in range(TICKS):
            await asyncio.wait((task,), timeout=seconds / TICKS)
            if task.done():
                return task.result()
        raise TimeoutError
    except BaseException:
        task.cancel()
        task.add_done_callback(_let_go)
        raise


def _let_go(task: asyncio.Task[ResponseHandler]) -> None:
    """Close what was set up for somebody who has given up at that very moment."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def _socket(address: AddrInfoType) -> socket.socket:
    """Make a socket that notices when nothing that it sends arrives; who acknowledges may be as slow as it likes."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
    return made
