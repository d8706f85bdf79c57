"""The addresses of the Message Registries for portals, over mutual TLS.

Reference data needs a client certificate only. All else needs a token of the portal too, which says whose box is
meant: no address holds a national number.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from aiohttp import web

from sandbox.faults import sending
from sandbox.rest.answers import Refused, echo
from sandbox.state import TOWN, Town

from . import questions, reference, selecting
from .answers import attachment_of, attachments_of, json_of, message_of, moment_of, page_of, status_message
from .letters import Enclosure, Letter
from .offices import PostOffice

CACHED = "public, max-age=86400"
BYTES = "application/octet-stream"
MERGE = "application/merge-patch+json"
MOST_PATCHED = 1000
_STOPS = "broken_off"  # the mode in which a file stops half-way


@dataclass(frozen=True)
class RegistryQuestion:
    """Hold one question to a registry.

    major: the version of its address, 2 or 3; person: the national number of the box's owner, empty without a token;
    now: seconds since 1970; mode: the fault of the registry's switch.
    """

    town: Town
    request: web.Request
    office: PostOffice
    major: str
    person: str
    now: float
    mode: str

    @property
    def base(self) -> str:
        """Give the registry's URL."""
        return f"https://{self.request.host}/ebox/{self.office.id}/v{self.major}"

    def letters(self) -> list[Letter]:
        """List the letters of the box."""
        return self.town.ebox.of(self.office.id, self.person, self.now)

    def letter(self) -> Letter:
        """Find the letter that the address names. Raises Refused (404)."""
        letter = self.town.ebox.find(self.office.id, self.person, self.request.match_info["message"], self.now)
        if letter is None:
            raise Refused(404, "there is no such message")
        return letter

    def enclosure(self, letter: Letter) -> Enclosure:
        """Find the file that the address names. Raises Refused (404)."""
        for enclosure in letter.enclosures:
            if enclosure.id == self.request.match_info["attachment"]:
                return enclosure
        raise Refused(404, "there is no such attachment")


Answerer = Callable[[RegistryQuestion], Awaitable[web.Response]]


class PatchedMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Hold whether a letter is visible from now on."""

    message_id: str
    visible: bool


class PatchedMessages(msgspec.Struct, frozen=True, rename="camel"):
    """Hold changes of several letters, of which all are made or none."""

    items: list[PatchedMessage]
    total_items: Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)] = 0


def add_to(app: web.Application) -> None:
    """Add every registry's addresses, of both versions."""
    start = f"{start_of(app)}/v{{major:[23]}}"
    message = "/ebox/messages/{message}"
    for path, answer in (
        ("/ebox", summary),
        ("/ebox/messages", messages),
        (message, one_message),
        (f"{message}/attachments", attachments),
        (f"{message}/attachments/{{attachment}}", one_attachment),
        (f"{message}/attachments/{{attachment}}/content", content),
        (f"{message}/body", body),
        (f"{message}/paymentData", payment),
    ):
        app.router.add_get(start + path, meet_fault(answer), allow_head=False)
    app.router.add_patch(f"{start}/ebox/messages", meet_fault(patch))
    data = f"{start}/referenceData/{{kind:messageTypes|senderApplications|senderOrganizations}}"
    app.router.add_get(data, meet_fault(all_of_kind, needs_token=False), allow_head=False)
    app.router.add_get(f"{data}/{{id}}", meet_fault(one_of_kind, needs_token=False), allow_head=False)
    app.router.add_get(
        f"{data}/{{id}}/images/{{image}}/content", meet_fault(image, needs_token=False), allow_head=False
    )


def start_of(app: web.Application) -> str:
    """Give the start of every registry's addresses, up to its version."""
    return f"/ebox/{{office:{'|'.join(app[TOWN].ebox.offices)}}}"


def meet_fault(
    answer: Answerer, *, needs_token: bool = True
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make a handler that checks the token and gives the answer with the fault of the registry's switch."""

    async def handle(request: web.Request) -> web.StreamResponse:
        town = request.app[TOWN]
        office = town.ebox.offices[request.match_info["office"]]
        switch = town.switches[office.source]
        try:
            person = await questions.person_of(request, office.audience) if needs_token else ""
        except Refused as error:
            with switch.counting() as result:
                result.word = str(error.status)
                return status_message(request, error.status, str(error))
        mode = switch.fault.mode
        question = RegistryQuestion(town, request, office, request.match_info["major"], person, town.clock(), mode)
        service = questions.Service(office.source, "the registry")
        is_content = answer is content

        async def answer_in_order() -> web.Response:
            if office.is_away(town.clock()):
                raise Refused(503, "planned maintenance")
            return await answer(question)

        if mode == _STOPS and is_content:
            with switch.counting() as result:
                await asyncio.sleep(switch.fault.latency_ms / 1000)
                good = await questions.answer_or_refuse(request, service, answer_in_order)
                result.word = mode if good.status == 200 else str(good.status)
                if good.status == 200:
                    file = question.enclosure(question.letter())
                    return await sending.send_half_and_end(request, good, file.pieces(), file.length)
                return good
        return await questions.meet_fault(request, service, answer_in_order, person=person, is_file=is_content)

    return handle


async def summary(question: RegistryQuestion) -> web.Response:
    """Give the numbers of letters in a box, and its size."""
    letters, key = question.letters(), (question.office.id, question.person)
    content: dict[str, object] = {
        "numberOfMessages": len(letters),
        "numberOfUnreadMessages": sum(not letter.is_read for letter in letters),
        "eboxSize": round(sum(it.length for letter in letters for it in letter.enclosures) / 1024, 3),
    }
    if letters:
        content["lastReceiptDate"] = moment_of(max(it.received_at for it in letters), question.office.id)
    if key in question.town.ebox.consulted:
        content["lastConsultationDate"] = moment_of(question.town.ebox.consulted[key], question.office.id)
    return json_of(question.request, content)


async def messages(question: RegistryQuestion) -> web.Response:
    """Give a page of the list: 404 when the box is empty, an empty page when no letter matches the query."""
    query: Mapping[str, str] = question.request.query
    if question.mode == "endless":
        query = {**query, "page": "1"}
    letters = question.letters()
    selection = selecting.select(letters, query, question.office)
    page = selecting.cut(selection, query)
    if not letters:
        raise Refused(404, "there are no messages")
    question.town.ebox.consulted[question.office.id, question.person] = datetime.fromtimestamp(question.now, UTC)
    total = 1_000_000 if question.mode == "endless" else len(selection)
    return json_of(question.request, page_of(page, total, lambda letter: _message(question, letter)))


async def patch(question: RegistryQuestion) -> web.Response:
    """Hide letters, or show them again: 405 at a registry without this."""
    if not question.office.rules.has_patch:
        return web.Response(status=405, headers={**echo(question.request), "Allow": "GET"})
    if question.request.content_type != MERGE:
        raise Refused(400, f"the content is {MERGE}")
    try:
        changes = msgspec.json.decode(await question.request.read(), type=PatchedMessages).items
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "items: a list of messageId and visible") from error
    if len(changes) > MOST_PATCHED:
        raise Refused(400, f"at most {MOST_PATCHED} at once")
    boxes, office, person = question.town.ebox, question.office.id, question.person
    pairs = [(boxes.find(office, person, change.message_id, question.now), change) for change in changes]
    if any(letter is None for letter, _ in pairs):
        raise Refused(404, "there is no such message")
    for letter, change in pairs:
        if letter is not None:
            letter.is_visible = change.visible
    return web.Response(headers=echo(question.request))


async def one_message(question: RegistryQuestion) -> web.Response:
    """Give a letter; that does not mark it as read."""
    return json_of(question.request, _message(question, question.letter()))


async def attachments(question: RegistryQuestion) -> web.Response:
    """List a letter's files."""
    return json_of(question.request, attachments_of(question.letter(), question.major, question.base, question.mode))


async def one_attachment(question: RegistryQuestion) -> web.Response:
    """Give a file's metadata."""
    letter = question.letter()
    enclosure = question.enclosure(letter)
    metadata = attachment_of(letter, enclosure, question.major, question.base, question.mode)
    return json_of(question.request, metadata)


async def content(question: RegistryQuestion) -> web.Response:
    """Give the bytes of a file; one that is main content marks the letter as read."""
    letter = question.letter()
    file = question.enclosure(letter)
    if file.is_main:
        letter.open(question.now)
    # Version 2.1 sends every file as octet-stream; the media type of later versions is published nowhere.
    media_type = file.media_type if question.major == "3" else BYTES
    headers = {**echo(question.request), "Content-Type": media_type, "Content-Length": str(file.length)}
    if not file.generated:
        return web.Response(body=file.content, headers=headers)
    return web.Response(body=_pieces(file), headers=headers)


async def body(question: RegistryQuestion) -> web.Response:
    """Give a letter's text by language; when that is the main content, it marks the letter as read."""
    letter = question.letter()
    if not letter.body:
        raise Refused(404, "the message has no body")
    if letter.is_body_main:
        letter.open(question.now)
    return json_of(question.request, letter.body)


async def payment(question: RegistryQuestion) -> web.Response:
    """Give a letter's payment data."""
    data = question.letter().payment
    if data is None:
        raise Refused(404, "the message has no payment data")
    return json_of(question.request, data)


async def all_of_kind(question: RegistryQuestion) -> web.Response:
    """Give a page of one kind of reference data."""
    ids = _ids(question)
    page = selecting.cut(ids, question.request.query)
    content = page_of(page, len(ids), lambda number: _describe(question, number))
    return json_of(question.request, content, cache_control=CACHED)


async def one_of_kind(question: RegistryQuestion) -> web.Response:
    """Give one organisation, application or message type."""
    number = question.request.match_info["id"]
    if number not in _ids(question):
        raise Refused(404, "there is nothing of that id")
    return json_of(question.request, _describe(question, number), cache_control=CACHED)


async def image(question: RegistryQuestion) -> web.Response:
    """Give the bytes of a logo."""
    kind, number, name = (question.request.match_info[it] for it in ("kind", "id", "image"))
    if kind != "senderOrganizations" or number not in _ids(question) or name != reference.LOGO:
        raise Refused(404, "there is no such image")
    logo, media_type = reference.logo(question.office.id, number)
    headers = {**echo(question.request), "Cache-Control": CACHED}
    return web.Response(body=logo, content_type=media_type if question.major == "3" else BYTES, headers=headers)


def _message(question: RegistryQuestion, letter: Letter) -> dict[str, object]:
    return message_of(letter, question.office, question.major, question.base, question.mode)


def _ids(question: RegistryQuestion) -> list[str]:
    office = question.office.id
    match question.request.match_info["kind"]:
        case "messageTypes":
            return list(reference.types(office))
        case "senderApplications":
            return list(reference.applications(office))
    return list(reference.senders(office))


def _describe(question: RegistryQuestion, number: str) -> dict[str, object]:
    match question.request.match_info["kind"]:
        case "messageTypes":
            return reference.message_type(question.office.id, number)
        case "senderApplications":
            return reference.application(question.office.id, number)
    return reference.organization(question.office.id, number, question.base)


async def _pieces(enclosure: Enclosure) -> AsyncIterator[bytes]:
    for piece in enclosure.pieces():
        yield piece
