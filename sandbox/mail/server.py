"""The SMTP server: STARTTLS is required; each mail goes into the inbox, or meets the fault of the switch of mail."""

import asyncio
import contextlib
import errno
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.faults.switches import MAIL
from sandbox.settings import HOST, SettingsError
from sandbox.state import Town

# A mail of the portal has a few kilobytes.
MAX_BYTES = 1_000_000
_NO_SMTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


@contextlib.asynccontextmanager
async def open_mail(town: Town) -> AsyncIterator[None]:
    """Listen on the SMTP port until the block ends.

    Raises SettingsError when the port is taken or the town's certificate cannot be used.
    """
    # aiosmtpd logs what it receives, which may hold people's data.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    loop = asyncio.get_running_loop()
    context = _context(town.settings.certificates)
    handler = _Handler(town)
    connections: set[_SmtpConnection] = set()
    try:
        server = await loop.create_server(
            lambda: _SmtpConnection(handler, connections, context, loop), HOST, town.settings.smtp_port
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(
            f"port {town.settings.smtp_port} on {HOST} is taken; stop what uses it or set SANDBOX_SMTP_PORT."
        ) from error
    try:
        yield
    finally:
        server.close()
        for connection in list(connections):
            connection.abort()
        await server.wait_closed()


class _SmtpConnection(SMTP):
    """One connection; `connections` is the set of the open ones, which it enters and leaves itself."""

    def __init__(
        self,
        handler: "_Handler",
        connections: "set[_SmtpConnection]",
        context: ssl.SSLContext,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_BYTES,
            hostname="mail.modelstad.invalid",
            ident="Modelstad",
            tls_context=context,
            require_starttls=True,
            timeout=120,
            auth_required=bool(handler.town.settings.smtp_login),
            authenticator=handler.authenticate,
            loop=loop,
        )
        self._handler = handler
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or break the connection in modes `down` and `broken`. aiosmtpd calls it again once TLS is up."""
        super().connection_made(transport)
        self._connections.add(self)
        switch = self._handler.town.switches[MAIL]
        if switch.fault.mode in ("down", "broken"):
            with switch.counting() as result:
                result.word = switch.fault.mode
            if switch.fault.mode == "broken":
                self._writer.write(_NO_SMTP)
                self._writer.close()
            else:
                self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Break the connection at once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class _Handler:
    """The hooks that aiosmtpd calls, by their names, at each step of a mail."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, _mechanism: str, credentials: object) -> AuthResult:
        """Tell whether user and password are those of the settings."""
        expected = LoginPassword(*self.town.settings.smtp_login.encode().split(b":", 1))
        return AuthResult(success=credentials == expected, handled=False)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: _SmtpConnection, session: Session, _: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """List the server's extensions; in mode `hang`, say nothing until the mode changes."""
        session.host_name = hostname
        switch = self.town.switches[MAIL]
        if switch.fault.mode == "hang":
            with switch.counting() as result:
                await switch.wait_for_change()
                result.word = "hang"
            server.abort()
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: _SmtpConnection, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Accept a recipient, or refuse it in modes `temporary` and `permanent`."""
        switch = self.town.switches[MAIL]
        answers = {
            "temporary": "451 4.3.0 Even niet; probeer het later opnieuw",
            "permanent": "550 5.1.1 Deze bestemmeling bestaat niet",
        }
        if answer := answers.get(switch.fault.mode):
            with switch.counting() as result:
                result.word = switch.fault.mode
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _SmtpConnection, _: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Put the mail into the inbox; in mode `reset`, the connection breaks before that is confirmed."""
        switch = self.town.switches[MAIL]
        with switch.counting() as result:
            await asyncio.sleep(switch.fault.latency_ms / 1000)
            content = envelope.original_content or b""
            self.town.inbox.take(envelope.mail_from or "", envelope.rcpt_tos, content, self.town.clock())
            result.word = "reset" if switch.fault.mode == "reset" else "250"
        if switch.fault.mode == "reset":
            server.abort()
        return "250 OK"


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(folder / "town.pem", folder / "town.key")
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(f"SANDBOX_CERTIFICATES: a file in {folder} cannot be used: {error}.") from error
    return context
