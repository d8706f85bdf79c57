"""Set a connection up (name, TCP, TLS) within a deadline of our own."""

import asyncio
import socket
import ssl
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import aiohappyeyeballs
from aiohappyeyeballs import AddrInfoType

from .connection import HttpConnection
from .errors import CertificateRefused, ConnectingTookTooLong, NotConnected
from .resumption import ResumingContext

UNHEARD_MS = 500  # for which the other side's TCP may leave what we sent unacknowledged
TICKS = 10  # equal parts of the deadline on connecting, see `_within`
NEXT_ADDRESS_SECONDS = 0.25  # after which the next address is tried beside one that does not answer (RFC 8305)
KNOWN_SECONDS = 10.0  # for which the addresses of a name are remembered
MOST_LOOKUPS = 64  # names that are looked up at once, by all connectors together
FAREWELL_SECONDS = 1.0  # for the other side to close TLS in its turn


_threads = ThreadPoolExecutor(MOST_LOOKUPS, "names")


class Origin(NamedTuple):
    """The server that a connection leads to; tls: None for a connection in the clear."""

    host: str
    port: int
    tls: ResumingContext | None


class Names:
    """The addresses of host names, by DNS. Look-ups of one name at the same moment are one look-up."""

    def __init__(self) -> None:
        self._lookups: dict[tuple[str, int], asyncio.Task[list[AddrInfoType]]] = {}

    async def addresses(self, host: str, port: int) -> list[AddrInfoType]:
        """Give the addresses of a host; raises OSError, and UnicodeError for a text that cannot be a name."""
        try:
            # A numeric address needs no look-up, which takes a thread in asyncio.
            return [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
        except socket.gaierror:
            pass
        lookup = self._lookups.get((host, port))
        if lookup is None:
            lookup = self._lookups[host, port] = asyncio.create_task(_look_up(host, port))
            lookup.add_done_callback(lambda ended: self._forget_later(host, port, ended))
        # A caller that gives up must not end the look-up of the others, hence the shield. Each gets a list of its
        # own, from which an address goes where TLS failed. If one stood there twice, both would go: the list could
        # become empty, and that error would hide why TLS failed.
        return [*dict.fromkeys(await asyncio.shield(lookup))]

    def _forget_later(self, host: str, port: int, lookup: asyncio.Task[list[AddrInfoType]]) -> None:
        """Forget a look-up that ended: at once when it failed, else after KNOWN_SECONDS."""
        has_failed = lookup.cancelled() or lookup.exception() is not None
        seconds = 0 if has_failed else KNOWN_SECONDS
        lookup.get_loop().call_later(seconds, self._lookups.pop, (host, port), None)


async def _look_up(host: str, port: int) -> list[AddrInfoType]:
    # The loop's own threads are four to six, and a name that no server answers holds one for ten seconds or more.
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [*await asyncio.get_running_loop().run_in_executor(_threads, look_up)]


async def set_up(origin: Origin, names: Names, seconds: float) -> HttpConnection:
    """Set a connection up within so many seconds; try again with a full handshake when resuming a TLS session failed.

    The second try has as many seconds again. Raises NotConnected, of which CertificateRefused and
    ConnectingTookTooLong are kinds.
    """
    tls = origin.tls
    offered = tls.offered if tls else 0
    try:
        return await _within(seconds, _connect(origin, names))
    except NotConnected as error:
        if tls is None or tls.offered == offered:
            raise
        if isinstance(error, ConnectingTookTooLong):
            tls.offer_none()
            raise
        tls.forget()
    made = await _within(seconds, _connect(origin, names))
    tls.offer_none()
    return made


async def _within(seconds: float, setting_up: Coroutine[Any, Any, HttpConnection]) -> HttpConnection:
    """Wait for a connection for so many seconds.

    The time is counted in TICKS: while other work holds the loop, nothing that arrives is seen, and such a pause of
    ours counts as one tick only.
    """
    task = asyncio.create_task(setting_up)
    try:
        for _ in range(TICKS):
            await asyncio.wait((task,), timeout=seconds / TICKS)
            if task.done():
                return task.result()
        raise ConnectingTookTooLong
    except BaseException:
        task.cancel()
        task.add_done_callback(_close_unwanted)
        raise


def _close_unwanted(task: asyncio.Task[HttpConnection]) -> None:
    """Close a connection whose caller gave up at the moment it was set up."""
    if not task.cancelled() and task.exception() is None:
        task.result().abort()


async def _connect(origin: Origin, names: Names) -> HttpConnection:
    try:
        addresses = await names.addresses(origin.host, origin.port)
        while True:
            connected = await aiohappyeyeballs.start_connection(
                addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, socket_factory=_socket
            )
            peer = connected.getpeername() if len(addresses) > 1 else None
            try:
                return await _begin_tls(origin, connected)
            except OSError:
                if peer is None:
                    raise
                # When TLS fails at one address, another may still work.
                aiohappyeyeballs.remove_addr_infos(addresses, peer)
    except ssl.CertificateError as error:
        raise CertificateRefused from error
    except (OSError, ValueError) as error:
        # A text that cannot be a host name raises ValueError.
        raise NotConnected from error


async def _begin_tls(origin: Origin, connected: socket.socket) -> HttpConnection:
    """Make the connection over a connected socket, and begin TLS if the origin has it."""
    with_tls: dict[str, Any] = {}
    if origin.tls is not None:
        # A name in DNS may end with a dot, one in a certificate does not.
        name = origin.host.rstrip(".")
        with_tls = {"ssl": origin.tls, "server_hostname": name, "ssl_shutdown_timeout": FAREWELL_SECONDS}
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(HttpConnection, sock=connected, **with_tls)
    return connection


def _socket(address: AddrInfoType) -> socket.socket:
    """Make a socket that fails when what it sends stays unacknowledged for UNHEARD_MS.

    A server that acknowledges may take as long as it likes to answer. But a question that is larger than the buffers
    on the way (megabytes) is acknowledged only as the server reads on, so it must do so within that time too.
    """
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
    return made
