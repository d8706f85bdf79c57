"""Answer SOAP questions at the addresses that MAGDA and its public mock use."""

import logging

from aiohttp import web
from lxml import etree

from sandbox.attests import answering as attests
from sandbox.dossiers import answering as dossiers
from sandbox.faults.damaged_xml import damaged_xml, padding_at
from sandbox.faults.meeting import Dialect, meet
from sandbox.faults.switches import switch_of
from sandbox.state import TOWN, Town

from . import answers, folders, repertorium, signatures
from .question import BadQuestion, Question, read

log = logging.getLogger(__name__)


def add_to(app: web.Application) -> None:
    """Add MAGDA's addresses; the question names the service, not the path."""
    app.middlewares.append(signatures.middleware(app[TOWN].settings, app[TOWN].clock))
    for path in ("/Magda-02.00/soap/WebService", r"/{endpoint:[^/]+Dienst-[^/]+}/soap/WebService"):
        app.router.add_post(path, ask)
        app.router.add_post(f"/api{path}", ask)


async def ask(request: web.Request) -> web.StreamResponse:
    """Answer one question, with the fault of its source's switch; HTTP 500 with a SOAP fault for a bad question."""
    town = request.app[TOWN]
    try:
        question = read(await request.read())
    except BadQuestion as error:
        return _soap(answers.fault(str(error), "Client"), 500)
    sources = town.sources.by_service.get((question.name, question.version), ())
    number = next((key for key in question.keys if folders.is_number(key)), "")
    switch = switch_of(town.switches, sources)

    async def answer() -> web.Response:
        response = await _answer(town, question, switch.fault.mode)
        return repertorium.enforce(town.repertorium, question, sources, response, town.clock())

    return await meet(town, switch, request, answer, _dialect(number), person=number)


def _dialect(number: str) -> Dialect:
    return Dialect(
        unavailable=lambda: web.Response(status=503, text="De bron is tijdelijk niet beschikbaar."),
        defect=lambda: _soap(answers.fault("De bron is defect."), 500),
        damage=lambda mode, body: damaged_xml(mode, body, number),
        padding_at=padding_at,
    )


async def _answer(town: Town, question: Question, mode: str) -> web.Response:
    service = (question.name, question.version)
    # The answers of these two services are made, and not read from a file; for some people there is none.
    if service == attests.SERVICE and (answer := await attests.answer_of(town, question, mode)) is not None:
        return _soap(answer, 200)
    if service == dossiers.SERVICE and (answer := dossiers.answer_of(town, question)) is not None:
        return _soap(answer, 200)
    domain = folders.domain_of(town.library, question.name, question.version)
    if domain is None:
        return _soap(answers.fault("Deze dienst of versie bestaat niet.", "Client"), 500)
    try:
        file = folders.find(town.library, domain, question.name, question.version, question.keys)
    except folders.BadKey:
        return _soap(answers.fault("De sleutel is ongeldig.", "Client"), 500)
    if file is None:
        return _soap(answers.fault("Er is geen antwoord voor deze vraag, ook geen notfound.xml."), 500)
    try:
        return _soap(answers.answer(town.answers, file, question, town.clock()), 200)
    except (etree.XMLSyntaxError, OSError) as error:
        log.error("an answer of %s %s cannot be read: %s", question.name, question.version, type(error).__name__)
        return _soap(answers.fault("Het antwoord in de map is geen XML."), 500)


def _soap(body: bytes, status: int) -> web.Response:
    return web.Response(body=body, status=status, headers={"Content-Type": "text/xml;charset=UTF-8"})
