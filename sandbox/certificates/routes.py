"""Answer at the addresses that the bodies' manifests name: a list, one certificate of it, and its document."""

import msgspec
from aiohttp import web

from sandbox.attests.contents import Contents
from sandbox.faults.damaged_json import damaged_json, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.faults.strangers import stranger
from sandbox.magda.folders import is_number
from sandbox.manifests import ListHolder
from sandbox.people import person
from sandbox.rest.answers import Refused, echo, json_answer, problem
from sandbox.state import TOWN, Town

from . import pages, tokens

HAL = "application/hal+json"
_LABELS = {
    "nl": ("Naam", "Rijksregisternummer", "Jaar", "Nummer", "Uitgereikt door Modelstad (demonstratie)."),
    "fr": ("Nom", "Numéro national", "Année", "Numéro", "Délivré par Modelstad (démonstration)."),
    "de": ("Name", "Nationalnummer", "Jahr", "Nummer", "Ausgestellt von Modelstad (Vorführung)."),
    "en": ("Name", "National number", "Year", "Number", "Issued by Modelstad (demonstration)."),
}


def add_to(app: web.Application) -> None:
    """Add the addresses of each body that has a list."""
    for path in app[TOWN].sources.holders:
        app.router.add_get(f"{path}/{{number}}", give)
        app.router.add_get(f"{path}/{{number}}/{{id}}", give)
        app.router.add_get(f"{path}/{{number}}/{{id}}/{{language}}", give)
        app.router.add_get(f"{path}/{{number}}/{{id}}/{{language}}/download", give)


async def give(request: web.Request) -> web.StreamResponse:
    """Answer one question as its source's switch says."""
    town = request.app[TOWN]
    number = request.match_info["number"]
    path = request.path.partition(f"/{number}")[0]
    holder = town.sources.holders[path]
    switch = town.switches[holder.source]
    is_download = request.path.endswith("/download")
    try:
        await _admit(town, request, holder, number)
    except Refused as error:
        with switch.counting() as result:
            result.word = str(error.status)
            return problem(request, error.status, str(error))

    async def answered() -> web.Response:
        try:
            if is_download:
                return await _document(town, request, holder, number, switch.fault.mode)
            return _list(town, request, holder, number, path)
        except Refused as error:
            return problem(request, error.status, str(error))

    dialect = Dialect(
        unavailable=lambda: problem(request, 503, "the source is not available for now"),
        defect=lambda: problem(request, 502, "the source failed"),
        damaged=lambda mode, body: _damage(mode, body, number, holder.source, is_download=is_download),
        padding_at=len if is_download else padding_at,
        empty_with_exceptions=lambda: web.Response(status=204),
    )
    return await meet(town, switch, request, answered, dialect, person=number)


async def _admit(town: Town, request: web.Request, holder: ListHolder, number: str) -> None:
    """Check who asks, as the contract says: a token that is none is 401, and one about another is 403."""
    if not is_number(number):
        raise Refused(400, "the address names no person")
    header = request.headers.get("Authorization", "")
    try:
        await tokens.check(town.portal_keys, header, holder.audience, number, town.clock())
    except tokens.NotAuthentic as error:
        raise Refused(401, str(error)) from error
    except tokens.AboutAnother as error:
        raise Refused(403, "the token is about another person") from error


def _list(town: Town, request: web.Request, holder: ListHolder, number: str, path: str) -> web.Response:
    base = f"https://{request.host}{path}"
    sample = pages.sample_of(town.library.roots, holder.name, number, base)
    if "id" in request.match_info:
        found = pages.one_of(sample, request.match_info["id"], request.match_info.get("language", ""))
        if found is None:
            raise Refused(404, "there is no such certificate")
        return json_answer(request, 200, msgspec.json.encode(found), HAL)
    try:
        limit = int(request.query.get("limit") or pages.DEFAULT)
        page = pages.page_of(sample, limit, int(request.query.get("page") or 0), f"{base}/{number}")
    except (pages.BadPage, ValueError) as error:
        raise Refused(400, "limit and page are whole numbers, and there is such a page") from error
    return json_answer(request, 200, msgspec.json.encode(page), HAL)


async def _document(town: Town, request: web.Request, holder: ListHolder, number: str, mode: str) -> web.Response:
    language = request.match_info["language"]
    sample = pages.sample_of(town.library.roots, holder.name, number, "")
    found = pages.one_of(sample, request.match_info["id"], language)
    if found is None or language not in _LABELS:
        raise Refused(404, "there is no such certificate")
    if mode == "no-document":
        return web.Response(status=204, headers=echo(request))
    if mode == "no-pdf":
        return web.Response(body=b"Dit is geen PDF.\n", content_type="application/pdf", headers=echo(request))
    about = stranger(number) if mode == "other-paper" else number
    name, insz, year, key, sentence = _LABELS[language]
    facts = [(name, person(town.library, about).name), (insz, about)]
    facts += [(year, str(found["year"]))] if found.get("year") else []
    said = Contents(str(found["name"]), sentence, (*facts, (key, str(found["id"]))))
    made = await town.maker.made(said, language, mode, town.clock())
    return web.Response(
        body=made[: len(made) // 2] if mode == "base64" else made,
        content_type="application/pdf",
        headers=echo(request),
    )


def _damage(mode: str, body: bytes, number: str, source: str, *, is_download: bool) -> bytes:
    if not is_download:
        return damaged_json(mode, body, number, source)
    return body[: len(body) // 2] if mode == "broken" else body
