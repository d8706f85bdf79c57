"""What a test can change at the provider: wrong tokens, keys, clock, stale names, life of machines' tokens.

Each control has one address below `/op`: GET shows its value, PUT (JSON) and POST (a form of the index page) set it,
DELETE restores the ordinary one. They work whatever the provider's fault.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from sandbox.magda.folders import is_number
from sandbox.state import TOWN

from .signing import new_key
from .state import SERVICE_TOKEN_LIVES_S, Name, Provider, Tampering


class Tamper(msgspec.Struct, forbid_unknown_fields=True):
    """Make one thing wrong with the next ID tokens, until `none`."""

    mode: Tampering


class Keys(msgspec.Struct, forbid_unknown_fields=True):
    """Sign with a new key; `soft` still publishes the old ones, `hard` does not."""

    rotate: Literal["soft", "hard"]


class Clock(msgspec.Struct, forbid_unknown_fields=True):
    """Be this many seconds ahead (or behind) in what the provider issues: iat, exp, lives of codes and tokens."""

    offset_s: Annotated[float, msgspec.Meta(ge=-10_000_000, le=10_000_000)]


class Names(msgspec.Struct, forbid_unknown_fields=True):
    """Give these people, by national number, an old name until they sign out or authenticate anew."""

    stale: dict[str, Name]

    def __post_init__(self) -> None:
        """Refuse what is no national number."""
        if not all(is_number(number) for number in self.stale):
            raise ValueError("a key of `stale` must be a national number: 11 digits")


class Tokens(msgspec.Struct, forbid_unknown_fields=True):
    """Let the next access tokens of machines live this many seconds."""

    expires_in: Annotated[int, msgspec.Meta(ge=1, le=86_400)]


@dataclass(frozen=True)
class Control:
    """Hold one control: the type of its value, and how that is shown, set and restored.

    `form` converts the fields of a form into the JSON that PUT takes.
    """

    value_type: type[msgspec.Struct]
    show: Callable[[Provider], dict[str, Any]]
    set: Callable[[Provider, Any], Awaitable[None]]
    restore: Callable[[Provider], None]
    form: Callable[[Provider, dict[str, str]], dict[str, Any]] = lambda _, fields: fields


def add_to(app: web.Application) -> None:
    """Add the controls below `/op`."""
    for name, control in CONTROLS.items():
        for method, handler in _handlers(control).items():
            app.router.add_route(method, f"/op/{name}", handler)


def _handlers(control: Control) -> dict[str, Callable[[web.Request], Awaitable[web.Response]]]:
    async def show(request: web.Request) -> web.Response:
        return web.json_response(control.show(request.app[TOWN].provider), headers={"Cache-Control": "no-store"})

    async def put(request: web.Request) -> web.Response:
        try:
            value = msgspec.json.decode(await request.read(), type=control.value_type)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        await control.set(request.app[TOWN].provider, value)
        return await show(request)

    async def delete(request: web.Request) -> web.Response:
        control.restore(request.app[TOWN].provider)
        return await show(request)

    async def post(request: web.Request) -> web.Response:
        provider = request.app[TOWN].provider
        fields = {name: str(value) for name, value in (await request.post()).items()}
        if "reset" in fields:
            control.restore(provider)
        else:
            try:
                value = msgspec.convert(control.form(provider, fields), control.value_type, strict=False)
            except msgspec.ValidationError:
                return web.Response(status=400, text="Wat u invulde is ongeldig. Ga terug en probeer het opnieuw.")
            await control.set(provider, value)
        raise web.HTTPSeeOther("/#toegangsbeheer")

    return {"GET": show, "PUT": put, "DELETE": delete, "POST": post}


async def _tamper(provider: Provider, value: Tamper) -> None:
    provider.tampering = value.mode


async def _rotate(provider: Provider, value: Keys) -> None:
    key = await asyncio.to_thread(new_key)
    provider.keys = [*provider.keys, key] if value.rotate == "soft" else [key]


async def _set_clock(provider: Provider, value: Clock) -> None:
    provider.clock_offset_s = value.offset_s


async def _set_names(provider: Provider, value: Names) -> None:
    provider.stale_names = dict(value.stale)


async def _set_tokens(provider: Provider, value: Tokens) -> None:
    provider.service_token_lives_s = value.expires_in


def _no_tampering(provider: Provider) -> None:
    provider.tampering = "none"


def _first_key(provider: Provider) -> None:
    provider.keys = [provider.first_key]


def _right_time(provider: Provider) -> None:
    provider.clock_offset_s = 0


def _usual_life(provider: Provider) -> None:
    provider.service_token_lives_s = SERVICE_TOKEN_LIVES_S


def _names(provider: Provider) -> dict[str, Any]:
    return {"stale": msgspec.to_builtins(provider.stale_names)}


def _one_more_name(provider: Provider, fields: dict[str, str]) -> dict[str, Any]:
    name = {part: fields.get(part, "") for part in ("given_name", "family_name")}
    return {"stale": {**_names(provider)["stale"], fields.get("number", ""): name}}


CONTROLS: dict[str, Control] = {
    "tampering": Control(Tamper, lambda it: {"mode": it.tampering}, _tamper, _no_tampering),
    "keys": Control(
        Keys,
        lambda it: {"signing": it.keys[-1].kid, "published": [key.kid for key in it.keys]},
        _rotate,
        _first_key,
    ),
    "clock": Control(Clock, lambda it: {"offset_s": it.clock_offset_s}, _set_clock, _right_time),
    "names": Control(Names, _names, _set_names, lambda it: it.stale_names.clear(), _one_more_name),
    "tokens": Control(Tokens, lambda it: {"expires_in": it.service_token_lives_s}, _set_tokens, _usual_life),
}
