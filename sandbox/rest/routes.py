"""Answer JSON questions at the paths that the bodies' manifests name, as the government's REST gateway does.

POST with `{"insz": ...}`, a Bearer token of the provider with the dataset's scope, `x-correlation-id` (comes back
with every answer) and `X-Magda-Sender-ID`. 204 where there is nothing; what goes wrong is application/problem+json,
or stands in the header `x-magda-exceptions`.
"""

import logging

import msgspec
from aiohttp import web

from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.faults.switches import switch_of
from sandbox.magda.folders import is_number
from sandbox.manifests import JsonDataset
from sandbox.provider.service_tokens import is_granted
from sandbox.state import TOWN, Town

from .answers import CORRELATION, Refused, echo, json_answer, problem
from .samples import Problem, sample

log = logging.getLogger(__name__)
# The header in which MAGDA reports exceptions, also on an answer without a body.
_EXCEPTIONS = "x-magda-exceptions"
_NO_ANSWER = "60006"  # a source behind MAGDA did not answer


class _Question(msgspec.Struct):
    insz: str


def add_to(app: web.Application) -> None:
    """Add every path that no other route has; the manifests decide which of them exist."""
    app.router.add_post("/{path:.*}", ask)


async def ask(request: web.Request) -> web.StreamResponse:
    """Answer one question, with the fault of its source's switch."""
    town = request.app[TOWN]
    datasets = town.sources.by_path.get(request.path, ())
    if not datasets:
        return _problem(request, 404, "there is no service at this path")
    switch = switch_of(town.switches, dict.fromkeys(it.source for it in datasets))
    try:
        number = _admit(request, datasets, await request.read(), town)
    except Refused as error:
        with switch.counting() as result:
            result.word = str(error.status)
            return _problem(request, error.status, str(error))

    async def answer() -> web.Response:
        return _answer(request, town, datasets, number)

    dialect = _dialect(request, number, switch.name)
    return await meet(town, switch, request, answer, dialect, person=number)


def _admit(request: web.Request, datasets: tuple[JsonDataset, ...], body: bytes, town: Town) -> str:
    """Check a question as the gateway does, and give the national number that it is about. Raises Refused."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_granted(
        town.provider, token.strip(), {it.scope for it in datasets}, town.provider.now(town.clock)
    ):
        raise Refused(401, "the access token is missing, unknown, expired or of another scope")
    for name in (CORRELATION, "X-Magda-Sender-ID"):
        if not request.headers.get(name):
            raise Refused(400, f"the header {name} is missing")
    try:
        number = msgspec.json.decode(body, type=_Question).insz
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, 'the body must be JSON with a member "insz"') from error
    if not is_number(number):
        raise Refused(400, "insz must be 11 digits")
    return number


def _answer(request: web.Request, town: Town, datasets: tuple[JsonDataset, ...], number: str) -> web.Response:
    try:
        content = sample(town.library.roots, (it.name for it in datasets), number)
    except msgspec.DecodeError as error:
        log.error("an answer of %s cannot be read: %s", request.path, type(error).__name__)
        return _problem(request, 500, "the answer in the folder is not usable")
    if isinstance(content, Problem):
        return json_answer(request, content.status, msgspec.json.encode(content.problem), "application/problem+json")
    if content is None:
        return web.Response(status=204, headers=echo(request))
    return json_answer(request, 200, content, "application/json")


def _dialect(request: web.Request, number: str, source: str) -> Dialect:
    return Dialect(
        unavailable=lambda: _problem(request, 503, "the source is not available for now"),
        defect=lambda: _problem(request, 502, "the source failed"),
        damage=lambda mode, body: damaged_json(mode, body, number, source),
        padding_at=padding_at,
        empty_with_exceptions=lambda: web.Response(status=204, headers={**echo(request), _EXCEPTIONS: _NO_ANSWER}),
    )


def _problem(request: web.Request, status: int, detail: str) -> web.Response:
    return problem(request, status, detail, instance=request.path)
