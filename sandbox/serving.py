"""Serve the town on its three ports: plain HTTP, HTTP with mutual TLS, and SMTP."""

import asyncio
import contextlib
import errno
import ssl
from collections.abc import AsyncIterator

from aiohttp import web

from . import guard, index, watching
from .certificates import routes as certificates
from .corrections import desks
from .corrections import pages as corrections
from .dossiers import forms
from .dossiers import pages as dossiers
from .ebox import console, event_routes, federation, publishing, registry
from .faults import handshakes
from .faults import routes as faults
from .magda import repertorium_switch
from .magda import routes as magda
from .magda.question import MAX_BYTES
from .mail import routes as mail
from .mail.server import open_mail
from .notices import pages as notices
from .provider import controls
from .provider import routes as provider
from .rest import routes as rest
from .settings import HOST, SettingsError
from .state import TOWN, Town

# Seconds that open requests get when the town stops.
_GRACE_S = 0.2


@contextlib.asynccontextmanager
async def open_town(town: Town) -> AsyncIterator[None]:
    """Listen on all ports until the block ends.

    Raises SettingsError when a port is taken or a certificate cannot be used.
    """
    plain = _runner(town, plain_side(town))
    mutual = _runner(town, tls_side(town))
    town.runners = {"plain": plain, "tls": mutual}
    try:
        await plain.setup()
        await mutual.setup()
        await _listen(plain, town.settings.port, "SANDBOX_PORT", None)
        await _listen(mutual, town.settings.tls_port, "SANDBOX_TLS_PORT", handshakes.switched_context(town))
        if town.settings.is_warm:
            town.maker.warm()
        async with open_mail(town):
            yield
    finally:
        await asyncio.gather(plain.cleanup(), mutual.cleanup())


def plain_side(town: Town) -> web.Application:
    """Make what is served without TLS: the OpenID provider, and the pages that show and change the town."""
    app = web.Application(middlewares=[guard.guard], client_max_size=MAX_BYTES)
    app[TOWN] = town
    index.add_to(app)
    faults.add_to(app)
    repertorium_switch.add_to(app)
    handshakes.add_to(app)
    watching.add_to(app)
    provider.add_to(app)
    controls.add_to(app)
    mail.add_to(app)
    corrections.add_to(app)
    dossiers.add_to(app)
    notices.add_to(app)
    console.add_to(app)
    event_routes.add_console_to(app)
    return app


def tls_side(town: Town) -> web.Application:
    """Make what is served to holders of a client certificate: every source of the portal."""
    app = web.Application(client_max_size=MAX_BYTES)
    app[TOWN] = town
    magda.add_to(app)
    desks.add_to(app)
    forms.add_to(app)
    certificates.add_to(app)
    federation.add_to(app)
    registry.add_to(app)
    publishing.add_to(app)
    event_routes.add_to(app)
    rest.add_to(app)  # Added last, since it takes every path that is left.
    return app


def _runner(town: Town, app: web.Application) -> web.AppRunner:
    # Cancellation frees a request that hangs as soon as its client leaves. There is no access log, since paths may
    # hold national numbers.
    return web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_S, handler_cancellation=True)


async def _listen(runner: web.AppRunner, port: int, name: str, context: ssl.SSLContext | None) -> None:
    try:
        await web.TCPSite(runner, HOST, port, ssl_context=context).start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(f"port {port} on {HOST} is taken; stop what uses it or set {name}.") from error
