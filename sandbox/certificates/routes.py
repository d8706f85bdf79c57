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
        app.router.add_get(f"{path}/{{number}}", answer)
        app.router.add_get(f"{path}/{{number}}/{{id}}", answer)
        app.router.add_get(f"{path}/{{number}}/{{id}}/{{language}}", answer)
        app.router.add_get(f"{path}/{{number}}/{{id}}/{{language}}/download", answer)


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer one question about a person, with the fault of its source's switch; `number` is a national number."""
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

    async def answer_in_order() -> web.Response:
        try:
            if is_download:
                return await _document(town, request, holder, number, switch.fault.mode)
            return _list(town, request, holder, number, path)
        except Refused as error:
            return problem(request, error.status, str(error))

    dialect = Dialect(
        unavailable=lambda: problem(request, 503, "the source is not available for now"),
        defect=lambda: problem(request, 502, "the source failed"),
        damage=lambda mode, body: _damage(mode, body, number, holder.source, is_download=is_download),
        padding_at=len if is_download else padding_at,
        empty_with_exceptions=lambda: web.Response(status=204),
    )
    return await meet(town, switch, request, answer_in_order, dialect, person=number)


async def _admit(town: Town, request: web.Request, holder: ListHolder, number: str) -> None:
    """Check a question's token: raises Refused with 401 when it is not valid, and 403 when it is about another
    person.

    A number of the address that is no national number is 400.
    """
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
        certificate = pages.find(sample, request.match_info["id"], request.match_info.get("language", ""))
        if certificate is None:
            raise Refused(404, "there is no such certificate")
        return json_answer(request, 200, msgspec.json.encode(certificate), HAL)
    try:
        limit = int(request.query.get("limit") or pages.DEFAULT_PER_PAGE)
        page = pages.page_of(sample, limit, int(request.query.get("page") or 0), f"{base}/{number}")
    except (pages.BadPage, ValueError) as error:
        raise Refused(400, "limit and page are whole numbers, and there is such a page") from error
    return json_answer(request, 200, msgspec.json.encode(page), HAL)


async def _document(town: Town, request: web.Request, holder: ListHolder, number: str, mode: str) -> web.Response:
    language = request.match_info["language"]
    sample = pages.sample_of(town.library.roots, holder.name, number, "")
    certificate = pages.find(sample, request.match_info["id"], language)
    if certificate is None or language not in _LABELS:
        raise Refused(404, "there is no such certificate")
    if mode == "no-document":
        return web.Response(status=204, headers=echo(request))
    if mode == "no-pdf":
        return web.Response(body=b"Dit is geen PDF.\n", content_type="application/pdf", headers=echo(request))
    about = stranger(number) if mode == "other-paper" else number
    name, insz, year, key, sentence = _LABELS[language]
    facts = [(name, person(town.library, about).name), (insz, about)]
    facts += [(year, str(certificate["year"]))] if certificate.get("year") else []
    content = Contents(str(certificate["name"]), sentence, (*facts, (key, str(certificate["id"]))))
    document = await town.maker.make(content, language, mode, town.clock())
    return web.Response(
        body=document[: len(document) // 2] if mode == "base64" else document,
        content_type="application/pdf",
        headers=echo(request),
    )


def _damage(mode: str, body: bytes, number: str, source: str, *, is_download: bool) -> bytes:
    if not is_download:
        return damaged_json(mode, body, number, source)
    return body[: len(body) // 2] if mode == "broken" else body
