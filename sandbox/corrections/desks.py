"""Receive reports, and requests about rights, at the paths that the bodies' manifests name.

POST of JSON with a Bearer token of the provider and an `Idempotency-Key`: 201 the first time, 200 for a repetition,
422 for other content under the same key.
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from aiohttp import web

from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.manifests import Desk
from sandbox.provider.service_tokens import is_granted
from sandbox.rest.answers import Refused, problem
from sandbox.state import TOWN, Town

LONGEST_KEY = 100


class _Person(msgspec.Struct):
    insz: str


class _Datum(msgspec.Struct):
    dataset: str
    naam: str
    plaats: str
    getoond: str
    onderdeel: str = ""


class _ReportContent(msgspec.Struct):
    """The content of a report."""

    kenmerk: str
    gemeld_op: datetime
    persoon: _Person
    gegeven: _Datum
    moet_zijn: str
    waarom: str
    antwoord_aan: str


class _Asker(msgspec.Struct):
    insz: str
    naam: str
    veiligheidsniveau: str


class _RequestContent(msgspec.Struct):
    """The content of a request about somebody's rights."""

    kenmerk: str
    recht: str
    artikel: str
    ontvangen_op: datetime
    antwoord_voor: date
    persoon: _Asker
    vraag: str
    antwoord_aan: str


def add_to(app: web.Application) -> None:
    """Add the path of each desk."""
    for path in app[TOWN].sources.desks:
        app.router.add_post(path, take)


async def take(request: web.Request) -> web.StreamResponse:
    """Receive one report or request, with the fault of the desk's switch."""
    town = request.app[TOWN]
    desk = town.sources.desks[request.path]
    body = await request.read()

    async def answer() -> web.Response:
        if town.switches[desk.source].fault.mode == "permanent":
            return problem(request, 422, "the desk takes no such report")
        try:
            return _take(request, town, desk, body)
        except Refused as error:
            return problem(request, error.status, str(error))

    dialect = Dialect(
        unavailable=lambda: problem(request, 503, "the desk is closed for now"),
        defect=lambda: problem(request, 502, "the desk failed"),
        damage=lambda mode, content: damaged_json(mode, content, "", desk.source),
        padding_at=padding_at,
        empty_with_exceptions=lambda: web.Response(status=204, headers={"x-magda-exceptions": "60006"}),
    )
    return await meet(town, town.switches[desk.source], request, answer, dialect)


def _take(request: web.Request, town: Town, desk: Desk, body: bytes) -> web.Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    now = town.provider.now(town.clock)
    if scheme.lower() != "bearer" or not is_granted(town.provider, token.strip(), {desk.scope}, now):
        raise Refused(401, "the access token is missing, unknown, expired or of another scope")
    key = request.headers.get("Idempotency-Key", "").strip('"')
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused(400, "the header Idempotency-Key is missing or too long")
    content: _ReportContent | _RequestContent
    try:
        if desk.takes == "reports":
            content = msgspec.json.decode(body, type=_ReportContent)
        else:
            content = msgspec.json.decode(body, type=_RequestContent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"the body is none of the {desk.takes} that come here") from error
    received_at = datetime.fromtimestamp(town.clock(), UTC).isoformat()
    novelty = town.reports.take(desk.body, key, content.kenmerk, body, received_at)
    if novelty == "contradicts":
        raise Refused(422, "this Idempotency-Key was used for another report")
    receipt: dict[str, Any] = {"kenmerk": content.kenmerk, "ontvangen_op": received_at}
    return web.Response(
        status=201 if novelty == "new" else 200, body=msgspec.json.encode(receipt), content_type="application/json"
    )
