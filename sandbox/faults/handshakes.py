"""Let handshakes on the TLS port fail, for every source at once: before its end, nobody knows which source is meant.

`stranger`, `expired` and `elsewhere` show a certificate that should be refused. `refused` ends the handshake at the
ClientHello, `refuses-client` at the client's certificate, whose authority it does not know. asyncio closes the
connection before it sends such an alert, so the client sees only that the connection ends.
"""

import ssl
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from aiohttp import web

from sandbox.settings import SettingsError
from sandbox.state import TOWN, Town

HandshakeMode = Literal["ok", "refused", "stranger", "expired", "elsewhere", "refuses-client"]
HANDSHAKES: tuple[HandshakeMode, ...] = get_args(HandshakeMode)


class Handshake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold how the next handshakes go."""

    mode: HandshakeMode


def add_to(app: web.Application) -> None:
    """Add `/tls`: GET shows the mode, PUT (JSON) and POST (a form of the index) set it, DELETE sets `ok`."""
    app.router.add_get("/tls", show)
    app.router.add_put("/tls", put)
    app.router.add_post("/tls", post)
    app.router.add_delete("/tls", delete)


class SwitchedContext(ssl.SSLContext):
    """A TLS context that delegates each handshake to `town.handshake_context`, when there is one.

    The other context shares nothing with this one, like another server: it resumes no earlier TLS session.
    """

    town: Town

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        """Make the TLS object of a connection."""
        other = self.town.handshake_context
        if other is not None:
            return other.wrap_bio(incoming, outgoing, *args, **kwargs)
        return super().wrap_bio(incoming, outgoing, *args, **kwargs)


def switched_context(town: Town) -> ssl.SSLContext:
    """Make the context of the TLS port: it demands a client certificate signed by `ca.pem`, and follows the town's
    mode.

    Raises SettingsError when a file cannot be used.
    """
    context = SwitchedContext(ssl.PROTOCOL_TLS_SERVER)
    context.town = town
    _fill(context, town.settings.certificates, "town", "ca")

    def refuse(_: ssl.SSLObject, __: str | None, ___: ssl.SSLContext) -> int | None:
        # Called after the ClientHello, also when that names no host.
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE if town.handshake == "refused" else None

    context.sni_callback = refuse
    return context


async def show(request: web.Request) -> web.Response:
    """Give the mode."""
    return web.json_response({"mode": request.app[TOWN].handshake}, headers={"Cache-Control": "no-store"})


async def put(request: web.Request) -> web.Response:
    """Set the mode; 409 when its certificate cannot be used."""
    try:
        mode = msgspec.json.decode(await request.read(), type=Handshake).mode
        turn(request.app[TOWN], mode)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return web.json_response({"error": f"{error}; mode is one of {', '.join(HANDSHAKES)}"}, status=400)
    except SettingsError as error:
        return web.json_response({"error": str(error)}, status=409)
    return await show(request)


async def delete(request: web.Request) -> web.Response:
    """Let handshakes succeed again."""
    turn(request.app[TOWN], "ok")
    return await show(request)


async def post(request: web.Request) -> web.Response:
    """Set the mode from a form, field `mode`; then back to the index."""
    try:
        mode = msgspec.convert({"mode": (await request.post()).get("mode")}, Handshake).mode
        turn(request.app[TOWN], mode)
    except msgspec.ValidationError:
        return web.Response(status=400, text="Deze toestand bestaat niet.")
    except SettingsError as error:
        return web.Response(status=409, text=str(error))
    raise web.HTTPSeeOther("/#tls")


def turn(town: Town, mode: HandshakeMode) -> None:
    """Set the mode and close the connections that were made in another one, so that the next question meets it.

    Raises SettingsError when a certificate for it cannot be used.
    """
    folder = town.settings.certificates
    is_other = mode != town.handshake
    match mode:
        case "stranger" | "expired" | "elsewhere":
            town.handshake_context = tls_context(folder, mode)
        case "refuses-client":
            town.handshake_context = tls_context(folder, "town", "stranger")
        case _:
            town.handshake_context = None
    town.handshake = mode
    server = town.runners["tls"].server
    if is_other and server is not None:
        for connection in server.connections:
            connection.force_close()


def tls_context(folder: Path, name: str = "town", authority: str = "ca") -> ssl.SSLContext:
    """Make a context that shows the certificate `name` and demands one of the client that `authority` signed.

    Raises SettingsError when a file cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _fill(context, folder, name, authority)
    return context


def _fill(context: ssl.SSLContext, folder: Path, name: str, authority: str) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        context.load_verify_locations(folder / f"{authority}.pem")
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(f"SANDBOX_CERTIFICATES: a file in {folder} cannot be used: {error}.") from error
