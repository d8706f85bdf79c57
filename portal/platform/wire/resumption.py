"""Resumption of TLS sessions: a new connection to the same origin then costs no certificates and no signatures.

Neither asyncio nor uvloop lets a client pass a session, but both ask the context for each connection's TLS object.
"""

import ssl
import time
from collections.abc import Buffer
from typing import cast

KEPT_SECONDS = 600.0  # for which a session is offered: so long a verified certificate holds without being shown again


class TlsObject(ssl.SSLObject):
    """The TLS of a connection, which knows whether the last bytes that came are half a record.

    OpenSSL has already read that half, so neither the socket nor the loop shows it. The record could be an answer
    that nobody asked for, and its end would be taken for the answer to the next question.
    """

    incoming: ssl.MemoryBIO
    is_within_record = False

    def read(self, size: int = 1024, buffer: Buffer | None = None) -> bytes:
        came = self.incoming.pending
        try:
            data = super().read(size, buffer)
        except ssl.SSLWantReadError:
            # Without new bytes the loop only looks whether there are more, which changes nothing.
            self.is_within_record |= came > 0
            raise
        self.is_within_record = False
        return data


class ResumingContext(ssl.SSLContext):
    """A TLS context for one origin, which remembers the newest session of each host name that it verified.

    A context must serve one origin only, since it is told the host name of a connection but not the port.
    """

    sslobject_class = TlsObject

    def __init__(self, protocol: int = ssl.PROTOCOL_TLS_CLIENT) -> None:
        super().__init__()
        self._sessions: dict[str | bytes | None, tuple[ssl.SSLSession, float]] = {}
        self._none_until = 0.0
        self.offered = 0  # connections that offered a session

    def forget(self) -> None:
        """Forget the sessions; the next full handshake gives another."""
        self._sessions.clear()

    def offer_none(self) -> None:
        """Forget the sessions and keep none for KEPT_SECONDS, because offering one spoils the connection.

        Some servers refuse the handshake instead of the session: one that asks for certificates and set no context
        for its sessions, or one behind a device that takes no ClientHello of more than one packet.
        """
        self.forget()
        self._none_until = time.monotonic() + KEPT_SECONDS

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> TlsObject:
        """Make the TLS object of a connection; it offers the session of an earlier one."""
        kept = self._sessions.get(server_hostname)
        if session is None and kept is not None and time.monotonic() < kept[1] + KEPT_SECONDS:
            session = kept[0]
        self.offered += session is not None
        made = cast("TlsObject", super().wrap_bio(incoming, outgoing, server_side, server_hostname, session))
        made.incoming = incoming
        return made

    def keep(self, connection: ssl.SSLObject) -> None:
        """Remember the session of a connection. Call it after a read: in TLS 1.3 the ticket follows the handshake.

        The session of a connection that resumed one is not remembered, so that certificates are verified anew after
        ten minutes, however busy the origin is.
        """
        session, now = connection.session, time.monotonic()
        if connection.session_reused or session is None or not session.has_ticket or now < self._none_until:
            return
        self._sessions[connection.server_hostname] = (session, now)


def client_context(ca_file: str | None = None) -> ResumingContext:
    """Make a context that verifies as `ssl.create_default_context` does.

    ca_file: the authorities that it trusts (PEM), None for those of the system.
    """
    usual = ssl.create_default_context(cafile=ca_file)
    context = ResumingContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags = usual.verify_flags
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(ca_file)
    return context
