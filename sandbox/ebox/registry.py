"""The Message Registries: what each answers at its address, over mutual TLS, as its switch says.

Reference data is for whoever has a client certificate. All else needs a token of the portal, which says whose box is
meant: no address names a person.
"""

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
_STOPS = "broken_off"


@dataclass(frozen=True)
class Errand:
    """Hold one question to a registry. person: whose box is meant; mode: the fault that it meets."""

    town: Town
    request: web.Request
    office: PostOffice
    major: str
    person: str
    now: float
    mode: str

    @property
    def base(self) -> str:
        """Give the registry's own address."""
        return f"https://{self.request.host}/ebox/{self.office.id}/v{self.major}"

    def letters(self) -> list[Letter]:
        """List the letters of the box."""
        return self.town.ebox.of(self.office.id, self.person, self.now)

    def letter(self) -> Letter:
        """Find the letter that the address names. Raises Refused (404)."""
        found = self.town.ebox.one(self.office.id, self.person, self.request.match_info["message"], self.now)
        if found is None:
            raise Refused(404, "there is no such message")
        return found

    def enclosure(self, letter: Letter) -> Enclosure:
        """Find the file that the address names. Raises Refused (404)."""
        for one in letter.enclosures:
            if one.id == self.request.match_info["attachment"]:
                return one
        raise Refused(404, "there is no such attachment")


Answer = Callable[[Errand], Awaitable[web.Response]]


class PatchedMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Say whether a letter is visible from now on."""

    message_id: str
    visible: bool


class PatchedMessages(msgspec.Struct, frozen=True, rename="camel"):
    """Say it of several, of which all count or none."""

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


def meet_fault(answer: Answer, *, needs_token: bool = True) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Let questions meet the registry's fault, and refuse those that it may not answer."""

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
        errand = Errand(town, request, office, request.match_info["major"], person, town.clock(), mode)
        service = questions.Service(office.source, "the registry")
        is_content = answer is content

        async def answered() -> web.Response:
            if office.is_away(town.clock()):
                raise Refused(503, "planned maintenance")
            return await answer(errand)

        if mode == _STOPS and is_content:
            with switch.counting() as result:
                good = await questions.answer_or_refuse(request, service, answered)
                result.word = mode if good.status == 200 else str(good.status)
                if good.status == 200:
                    one = errand.enclosure(errand.letter())
                    return await sending.send_half_and_end(request, good, one.pieces(), one.length)
                return good
        return await questions.meet_fault(request, service, answered, person=person, is_file=is_content)

    return handle


async def summary(errand: Errand) -> web.Response:
    """Say how many letters there are."""
    letters, key = errand.letters(), (errand.office.id, errand.person)
    said: dict[str, object] = {
        "numberOfMessages": len(letters),
        "numberOfUnreadMessages": sum(not one.is_read for one in letters),
        "eboxSize": round(sum(it.length for one in letters for it in one.enclosures) / 1024, 3),
    }
    if letters:
        said["lastReceiptDate"] = moment_of(max(one.received_at for one in letters), errand.office.id)
    if key in errand.town.ebox.consulted:
        said["lastConsultationDate"] = moment_of(errand.town.ebox.consulted[key], errand.office.id)
    return json_of(errand.request, said)


async def messages(errand: Errand) -> web.Response:
    """Give a page of the list: 404 where the box is empty, and an empty page where nothing fits."""
    query: Mapping[str, str] = errand.request.query
    if errand.mode == "endless":
        query = {**query, "page": "1"}
    letters = errand.letters()
    fitting = selecting.select(letters, query, errand.office)
    page = selecting.cut(fitting, query)
    if not letters:
        raise Refused(404, "there are no messages")
    errand.town.ebox.consulted[errand.office.id, errand.person] = datetime.fromtimestamp(errand.now, UTC)
    total = 1_000_000 if errand.mode == "endless" else len(fitting)
    made = page_of(page, total, lambda one: _message(errand, one))
    return json_of(errand.request, made)


async def patch(errand: Errand) -> web.Response:
    """Hide letters, or show them again; a registry may not have this."""
    if not errand.office.rules.has_patch:
        return web.Response(status=405, headers={**echo(errand.request), "Allow": "GET"})
    if errand.request.content_type != MERGE:
        raise Refused(400, f"the content is {MERGE}")
    try:
        asked = msgspec.json.decode(await errand.request.read(), type=PatchedMessages).items
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "items: a list of messageId and visible") from error
    if len(asked) > MOST_PATCHED:
        raise Refused(400, f"at most {MOST_PATCHED} at once")
    found = [(errand.town.ebox.one(errand.office.id, errand.person, it.message_id, errand.now), it) for it in asked]
    if any(letter is None for letter, _ in found):
        raise Refused(404, "there is no such message")
    for letter, it in found:
        if letter is not None:
            letter.is_visible = it.visible
    return web.Response(headers=echo(errand.request))


async def one_message(errand: Errand) -> web.Response:
    """Give a letter, which does not make it read."""
    return json_of(errand.request, _message(errand, errand.letter()))


async def attachments(errand: Errand) -> web.Response:
    """List a letter's files."""
    return json_of(errand.request, attachments_of(errand.letter(), errand.major, errand.base, errand.mode))


async def one_attachment(errand: Errand) -> web.Response:
    """Say what a file is."""
    letter = errand.letter()
    made = attachment_of(letter, errand.enclosure(letter), errand.major, errand.base, errand.mode)
    return json_of(errand.request, made)


async def content(errand: Errand) -> web.Response:
    """Give the bytes of a file: whoever opens one that is main content has read the letter."""
    letter = errand.letter()
    one = errand.enclosure(letter)
    if one.is_main:
        letter.open(errand.now)
    # Version 2.1 says so of every file; how a later one says what a file is, is published nowhere.
    media_type = one.media_type if errand.major == "3" else BYTES
    headers = {**echo(errand.request), "Content-Type": media_type, "Content-Length": str(one.length)}
    if not one.generated:
        return web.Response(body=one.content, headers=headers)
    return web.Response(body=_pieces(one), headers=headers)


async def body(errand: Errand) -> web.Response:
    """Give a letter's text by language: where that is its main content, the letter is read."""
    letter = errand.letter()
    if not letter.body:
        raise Refused(404, "the message has no body")
    if letter.is_body_main:
        letter.open(errand.now)
    return json_of(errand.request, letter.body)


async def payment(errand: Errand) -> web.Response:
    """Give what is to be paid."""
    found = errand.letter().payment
    if found is None:
        raise Refused(404, "the message has no payment data")
    return json_of(errand.request, found)


async def all_of_kind(errand: Errand) -> web.Response:
    """Give a page of reference data."""
    ids = _ids(errand)
    page = selecting.cut(ids, errand.request.query)
    made = page_of(page, len(ids), lambda one: _describe(errand, one))
    return json_of(errand.request, made, kept=CACHED)


async def one_of_kind(errand: Errand) -> web.Response:
    """Give one thing of the reference data."""
    number = errand.request.match_info["id"]
    if number not in _ids(errand):
        raise Refused(404, "there is nothing of that id")
    return json_of(errand.request, _describe(errand, number), kept=CACHED)


async def image(errand: Errand) -> web.Response:
    """Give the bytes of a logo."""
    kind, number, name = (errand.request.match_info[it] for it in ("kind", "id", "image"))
    if kind != "senderOrganizations" or number not in _ids(errand) or name != reference.LOGO:
        raise Refused(404, "there is no such image")
    made, media_type = reference.logo(errand.office.id, number)
    headers = {**echo(errand.request), "Cache-Control": CACHED}
    return web.Response(body=made, content_type=media_type if errand.major == "3" else BYTES, headers=headers)


def _message(errand: Errand, letter: Letter) -> dict[str, object]:
    return message_of(letter, errand.office, errand.major, errand.base, errand.mode)


def _ids(errand: Errand) -> list[str]:
    office = errand.office.id
    match errand.request.match_info["kind"]:
        case "messageTypes":
            return list(reference.types(office))
        case "senderApplications":
            return list(reference.applications(office))
    return list(reference.senders(office))


def _describe(errand: Errand, number: str) -> dict[str, object]:
    match errand.request.match_info["kind"]:
        case "messageTypes":
            return reference.message_type(errand.office.id, number)
        case "senderApplications":
            return reference.application(errand.office.id, number)
    return reference.organization(errand.office.id, number, errand.base)


async def _pieces(one: Enclosure) -> AsyncIterator[bytes]:
    for piece in one.pieces():
        yield piece
