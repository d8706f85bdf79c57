"""The console of the eBox, on the plain side: a page to send letters by hand, and addresses for tests.

`POST /ebox/messages` sends a letter (JSON, or the page's form), `POST /ebox/fill` many, `PUT /ebox/providers/ID`
changes how a registry behaves. `DELETE /ebox/messages` restores all boxes as they were when the town started.
"""

import base64
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from sandbox.magda.folders import is_number
from sandbox.pages import as_json, page
from sandbox.people import personas
from sandbox.state import TOWN, Town

from . import reference
from .consents import PLATFORMS
from .letters import Letter
from .offices import OfficeRules
from .samples import fill_samples
from .sending import BadLetter, FillRequest, SentFile, SentLetter, fill, letter_of

MOST_BYTES = 64_000_000
LONGEST_KEY = 100
MOST_SHOWN = 100
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def add_to(app: web.Application) -> None:
    """Add `/ebox/`."""
    app.router.add_get("/ebox/", index)
    app.router.add_get("/ebox/messages", list_letters)
    app.router.add_post("/ebox/messages", send)
    app.router.add_delete("/ebox/messages", clear)
    app.router.add_post("/ebox/fill", fill_box)
    app.router.add_get("/ebox/providers", providers)
    app.router.add_delete("/ebox/providers", reset_providers)
    app.router.add_put("/ebox/providers/{id}", put_provider)
    app.router.add_delete("/ebox/providers/{id}", reset_provider)
    app.router.add_put("/ebox/federation", put_entries)
    app.router.add_get("/ebox/consents/{person}", consents)
    app.router.add_put("/ebox/consents/{person}", put_consents)


async def index(request: web.Request) -> web.Response:
    """Show the form, and the letters of the chosen person, or those sent since the start."""
    town = request.app[TOWN]
    person = request.query.get("person", "")
    rows = _rows(town, person) if is_number(person) else []
    return page(
        "ebox.html",
        people=[(it, _count(town, it.number)) for it in personas(town.library)],
        person=person if is_number(person) else "",
        offices=list(town.ebox.offices.values()),
        senders={it: reference.senders(it) for it in town.ebox.offices},
        types={it: reference.types(it) for it in town.ebox.offices},
        letters=rows[:MOST_SHOWN],
        more=max(0, len(rows) - MOST_SHOWN),
    )


async def list_letters(request: web.Request) -> web.Response:
    """List letters with their read receipts: of `person`, else all that were sent since the start."""
    return as_json(_rows(request.app[TOWN], request.query.get("person", "")))


async def send(request: web.Request) -> web.Response:
    """Send one letter: 201, or 409 when the sender used its Idempotency-Key before."""
    town = request.app[TOWN]
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > LONGEST_KEY:
        return _error(400, "Idempotency-Key: too long")
    with_room = request.clone(client_max_size=MOST_BYTES)
    is_form = request.content_type in _FORMS
    try:
        sent = await _of_form(with_room) if is_form else msgspec.json.decode(await with_room.read(), type=SentLetter)
        sender_and_key = (sent.sender_organization_id, key)
        if key and sender_and_key in town.ebox.keys:
            return _error(409, "a message with this Idempotency-Key was sent before")
        letter = await letter_of(town.ebox, sent, town.clock())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadLetter) as error:
        return _error(400, str(error))
    if key:
        town.ebox.keys.add(sender_and_key)
    if is_form:
        raise web.HTTPSeeOther(f"/ebox/?person={sent.person}")
    return as_json(_row(town, sent.provider, letter), 201)


async def clear(request: web.Request) -> web.Response:
    """Restore all boxes as they were when the town started, or only those of the query's `person`."""
    town, person = request.app[TOWN], request.query.get("person", "")
    town.ebox.clear(person)
    fill_samples(town.ebox, town.opened_at, person)
    town.events.repeat(person)
    if not person:
        town.ebox.consents.reset(town.opened_at)
    return web.Response(status=204)


async def fill_box(request: web.Request) -> web.Response:
    """Put many letters in somebody's boxes; gives how many by registry."""
    town = request.app[TOWN]
    try:
        fill_request = msgspec.json.decode(await request.read(), type=FillRequest)
        counts = fill(town.ebox, fill_request, town.clock())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadLetter) as error:
        return _error(400, str(error))
    return as_json(counts, 201)


async def providers(request: web.Request) -> web.Response:
    """Give the rules of each registry."""
    return as_json({it.id: it.rules for it in request.app[TOWN].ebox.offices.values()})


async def put_provider(request: web.Request) -> web.Response:
    """Set a registry's rules; one that the JSON leaves out gets its usual value."""
    office = request.app[TOWN].ebox.offices.get(request.match_info["id"])
    if office is None:
        return _error(404, "unknown provider; GET /ebox/providers lists them")
    try:
        changes = msgspec.json.decode(await request.read(), type=dict[str, Any])
        office.rules = msgspec.convert({**msgspec.to_builtins(office.usual), **changes}, OfficeRules)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _error(400, str(error))
    return as_json(office.rules)


async def reset_provider(request: web.Request) -> web.Response:
    """Restore a registry's usual rules."""
    office = request.app[TOWN].ebox.offices.get(request.match_info["id"])
    if office is None:
        return _error(404, "unknown provider; GET /ebox/providers lists them")
    office.rules = office.usual
    return as_json(office.rules)


async def reset_providers(request: web.Request) -> web.Response:
    """Restore the usual rules of all registries, and the federation's own list."""
    request.app[TOWN].ebox.odd_entries = []
    for office in request.app[TOWN].ebox.offices.values():
        office.rules = office.usual
    return await providers(request)


async def put_entries(request: web.Request) -> web.Response:
    """Set further entries of the federation's list of registries: any JSON; an empty list removes them."""
    town = request.app[TOWN]
    try:
        town.ebox.odd_entries = msgspec.json.decode(await request.read(), type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _error(400, str(error))
    return as_json(town.ebox.odd_entries)


async def consents(request: web.Request) -> web.Response:
    """Give somebody's consents."""
    return as_json(request.app[TOWN].ebox.consents.of(request.match_info["person"]))


async def put_consents(request: web.Request) -> web.Response:
    """Set the applications to which somebody consents, as a list of ids."""
    town, person = request.app[TOWN], request.match_info["person"]
    try:
        platforms = msgspec.json.decode(await request.read(), type=list[str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _error(400, str(error))
    if not set(platforms) <= PLATFORMS.keys() or not is_number(person):
        return _error(400, f"a list of {', '.join(PLATFORMS)}")
    for platform in PLATFORMS:
        town.ebox.consents.change(person, platform, town.clock(), is_given=platform in platforms)
    return await consents(request)


async def _of_form(request: web.Request) -> SentLetter:
    """Read the page's form; empty fields count as left out."""
    form = await request.post()
    values: dict[str, Any] = {}
    for name in ("person", "provider", "senderOrganizationId", "messageTypeId", "receiptDate", "expirationDate"):
        if text := str(form.get(name, "")).strip():
            values[name] = text
    values["subject"] = _texts(form, "subject")
    values["body"] = _texts(form, "body")
    values["registeredMail"] = "registeredMail" in form
    files = []
    for it in form.getall("files", []):
        # A file input without a file sends a part without a name.
        if isinstance(it, web.FileField) and it.filename:
            with it.file as opened:
                files.append((it.filename, it.content_type, base64.b64encode(opened.read()).decode()))
    values["isBodyMain"] = bool(values["body"]) and not files
    if amount := str(form.get("amount", "")).strip():
        values["paymentData"] = _payment(form, amount)
    sent = msgspec.convert(values, SentLetter)
    attachments = [SentFile(*file, is_main=not place) for place, file in enumerate(files)]
    return msgspec.structs.replace(sent, attachments=attachments)


def _payment(form: Any, amount: str) -> dict[str, Any]:
    try:
        numbers = [float(text.replace(",", ".") or 0) for text in (amount, str(form.get("vatAmount", "")))]
    except ValueError as error:
        raise BadLetter("amount: no number") from error
    due = str(form.get("dueDate", "")).strip()
    return {
        "paymentDataId": "P-console",
        "amount": numbers[0],
        "vatAmount": numbers[1],
        "currency": "EUR",
        "dueDate": f"{due}T00:00:00Z" if due else "",
        "iban": str(form.get("iban", "")),
        "reference": str(form.get("reference", "")),
    }


def _texts(form: Any, name: str) -> dict[str, str]:
    texts = {language: str(form.get(f"{name}-{language}", "")) for language in ("nl", "fr", "de")}
    return {language: text for language, text in texts.items() if text.strip()}


def _rows(town: Town, person: str) -> list[dict[str, Any]]:
    """List letters, newest first: a person's, or without one all that are no samples."""
    pairs = [
        (office, letter)
        for office, letter in town.ebox.all()
        if (letter.person == person if person else not letter.is_sample)
    ]
    return [_row(town, *pair) for pair in sorted(pairs, key=lambda pair: pair[1].received_at, reverse=True)]


def _row(town: Town, office: str, letter: Letter) -> dict[str, Any]:
    return {
        "provider": office,
        "messageId": letter.id,
        "person": letter.person,
        "subject": letter.subject,
        "senderOrganizationId": letter.sender,
        "messageTypeId": letter.type_id,
        "receiptDate": letter.received_at,
        "expirationDate": letter.expires_at,
        "isGone": letter.is_gone(town.clock()),
        "registeredMail": letter.is_registered,
        "readStatus": letter.is_read,
        "readAt": _moment(letter.read_at),
        "visible": letter.is_visible,
        "attachments": [enclosure.file_name for enclosure in letter.enclosures],
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _count(town: Town, person: str) -> int:
    return sum(len(town.ebox.of(office, person, town.clock())) for office in town.ebox.offices)


def _error(status: int, text: str) -> web.Response:
    return as_json({"error": text}, status)
