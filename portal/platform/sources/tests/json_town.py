"""A JSON service with an authorization server beside it, over mutual TLS, for the transport's tests."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import msgspec
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from portal.platform.sources.catalogue import DatasetEntry, SourceQuestion
from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.transports import rest
from portal.platform.sources.transports.answer import AnswerText
from portal.platform.wire import calls

from .test_rest_answer import SERVICE, entry_of
from .town import NUMBER

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
CERTIFICATES = Path(settings.MAGDA_CA_FILE).parent


async def good(_: web.Request) -> web.StreamResponse:
    return web.json_response({"persoon": {"insz": NUMBER}, "aantal": 0, "vangsten": []})


def status(code: int, text: str = "", kind: str = "application/problem+json", **headers: str) -> Answers:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=text or None, content_type=kind, headers=headers)

    return answer


def granting(**more: Any) -> Answers:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"access_token": str(uuid4()), "token_type": "Bearer", "expires_in": 300} | more)

    return answer


class Town:
    """A JSON service and an authorization server: what they answer, and what they were asked; `site` listens."""

    site: web.TCPSite

    def __init__(self) -> None:
        self.answer: Answers = good
        self.grant: Answers = granting()
        self.asked: list[tuple[web.BaseRequest, bytes]] = []
        self.forms: list[dict[str, Any]] = []
        self.origin = ""

    async def service(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request, await request.read()))
        return await self.answer(request)

    async def token(self, request: web.Request) -> web.StreamResponse:
        self.forms.append(dict(await request.post()))
        return await self.grant(request)


@asynccontextmanager
async def running(*, get: str = "/v1/lijst") -> AsyncIterator[Town]:
    """Run such a town, with the portal's addresses set to it. get: a path that is read or changed."""
    town = Town()
    app = web.Application()
    app.router.add_post("/v1/vangsten", town.service)
    app.router.add_get(get, town.service)
    for method in ("PATCH", "PUT", "DELETE"):
        app.router.add_route(method, get, town.service)
    app.router.add_post("/token", town.token)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=CERTIFICATES / "ca.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_cert_chain(CERTIFICATES / "town.pem", CERTIFICATES / "town.key")
    # Nobody waits for what a handler does once its asker has left.
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    town.site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await town.site.start()
    town.origin = f"https://127.0.0.1:{runner.addresses[0][1]}"
    with override_settings(REST_URL=town.origin, REST_TOKEN_URL=f"{town.origin}/token"):
        yield town
        await calls.close()
    await runner.cleanup()


def new_question() -> SourceQuestion:
    """Make a question whose scope nobody has asked before: tokens live as long as the worker."""
    service = msgspec.structs.replace(SERVICE, scope=f"dv_{uuid4().hex}")
    return SourceQuestion("town-catches", service, '{"insz": "${insz}"}')


@contextmanager
def dataset(**own: Any) -> Iterator[DatasetEntry]:
    """Make a dataset with a source and a scope that nobody has asked before."""
    entry = entry_of(msgspec.structs.replace(SERVICE, scope=f"dv_{uuid4().hex}"))
    with TemporaryDirectory() as folder:
        (Path(folder) / "requests").mkdir()
        (Path(folder) / "requests" / SERVICE.question).write_text('{"insz": "${insz}"}')
        agency = msgspec.structs.replace(entry.agency, folder=Path(folder))
        yield DatasetEntry(agency, msgspec.structs.replace(entry.dataset, source=uuid4().hex, **own), entry.parse)


async def ask(question: SourceQuestion, insz: str = NUMBER) -> AnswerText | Down:
    return await rest.ask(question, {"insz": insz}, sent=[])
