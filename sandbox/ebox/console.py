"""Where letters are sent from, by whoever tries the town: a page for people, and addresses for programs.

`POST /ebox/messages` sends one (JSON, or the page's form), `POST /ebox/fill` many, `PUT /ebox/providers/ID` changes
how a registry behaves. `DELETE /ebox/messages` puts all boxes back as they were when the town began.
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
from .sending import BadLetter, Filling, SentFile, SentLetter, fill, letter_of

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
    app.router.add_put("/ebox/federation", put_lines)
    app.router.add_get("/ebox/consents/{person}", consents)
    app.router.add_put("/ebox/consents/{person}", put_consents)


async def index(request: web.Request) -> web.Response:
    """Show the form, and what was sent with whether it was read."""
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
    """Send one letter: 201; 409 where its Idempotency-Key came before from the same sender."""
    town = request.app[TOWN]
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > LONGEST_KEY:
        return _wrong(400, "Idempotency-Key: too long")
    wide = request.clone(client_max_size=MOST_BYTES)
    is_form = request.content_type in _FORMS
    try:
        said = await _of_form(wide) if is_form else msgspec.json.decode(await wide.read(), type=SentLetter)
        mark = (said.sender_organization_id, key)
        if key and mark in town.ebox.keys:
            return _wrong(409, "a message with this Idempotency-Key was sent before")
        letter = await letter_of(town.ebox, said, town.clock())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadLetter) as error:
        return _wrong(400, str(error))
    if key:
        town.ebox.keys.add(mark)
    if is_form:
        raise web.HTTPSeeOther(f"/ebox/?person={said.person}")
    return as_json(_row(town, said.provider, letter), 201)


async def clear(request: web.Request) -> web.Response:
    """Put all boxes back as they were when the town began; those of `person` only where one is named."""
    town, person = request.app[TOWN], request.query.get("person", "")
    town.ebox.clear(person)
    fill_samples(town.ebox, town.opened_at, person)
    town.events.renew(person)
    if not person:
        town.ebox.consents.put_back(town.opened_at)
    return web.Response(status=204)


async def fill_box(request: web.Request) -> web.Response:
    """Put many letters in somebody's boxes."""
    town = request.app[TOWN]
    try:
        asked = msgspec.json.decode(await request.read(), type=Filling)
        given = fill(town.ebox, asked, town.clock())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadLetter) as error:
        return _wrong(400, str(error))
    return as_json(given, 201)


async def providers(request: web.Request) -> web.Response:
    """Say how each registry behaves."""
    return as_json({it.id: it.rules for it in request.app[TOWN].ebox.offices.values()})


async def put_provider(request: web.Request) -> web.Response:
    """Change how one behaves; what the body leaves out is as it usually is."""
    office = request.app[TOWN].ebox.offices.get(request.match_info["id"])
    if office is None:
        return _wrong(404, "unknown provider; GET /ebox/providers lists them")
    try:
        asked = msgspec.json.decode(await request.read(), type=dict[str, Any])
        office.rules = msgspec.convert({**msgspec.to_builtins(office.usual), **asked}, OfficeRules)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _wrong(400, str(error))
    return as_json(office.rules)


async def reset_provider(request: web.Request) -> web.Response:
    """Let one behave as it usually does."""
    office = request.app[TOWN].ebox.offices.get(request.match_info["id"])
    if office is None:
        return _wrong(404, "unknown provider; GET /ebox/providers lists them")
    office.rules = office.usual
    return as_json(office.rules)


async def reset_providers(request: web.Request) -> web.Response:
    """Let all behave as they usually do, and the federation list them only."""
    request.app[TOWN].ebox.odd_lines = []
    for office in request.app[TOWN].ebox.offices.values():
        office.rules = office.usual
    return await providers(request)


async def put_lines(request: web.Request) -> web.Response:
    """Let the federation list more than there is: any JSON, as it comes; an empty list puts it back."""
    town = request.app[TOWN]
    try:
        town.ebox.odd_lines = msgspec.json.decode(await request.read(), type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _wrong(400, str(error))
    return as_json(town.ebox.odd_lines)


async def consents(request: web.Request) -> web.Response:
    """Say which applications show somebody's letters."""
    return as_json(request.app[TOWN].ebox.consents.of(request.match_info["person"]))


async def put_consents(request: web.Request) -> web.Response:
    """Choose which applications show somebody's letters."""
    town, person = request.app[TOWN], request.match_info["person"]
    try:
        asked = msgspec.json.decode(await request.read(), type=list[str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _wrong(400, str(error))
    if not set(asked) <= PLATFORMS.keys() or not is_number(person):
        return _wrong(400, f"a list of {', '.join(PLATFORMS)}")
    for platform in PLATFORMS:
        town.ebox.consents.turn(person, platform, town.clock(), is_given=platform in asked)
    return await consents(request)


async def _of_form(request: web.Request) -> SentLetter:
    """Read the page's form; empty fields count as left out."""
    form = await request.post()
    given: dict[str, Any] = {}
    for name in ("person", "provider", "senderOrganizationId", "messageTypeId", "receiptDate", "expirationDate"):
        if text := str(form.get(name, "")).strip():
            given[name] = text
    given["subject"] = _texts(form, "subject")
    given["body"] = _texts(form, "body")
    given["registeredMail"] = "registeredMail" in form
    files = []
    for it in form.getall("files", []):
        if isinstance(it, web.FileField):
            with it.file as opened:
                files.append((it.filename, it.content_type, base64.b64encode(opened.read()).decode()))
    files = [one for one in files if one[0]]
    given["isBodyMain"] = bool(given["body"]) and not files
    if amount := str(form.get("amount", "")).strip():
        given["paymentData"] = _payment(form, amount)
    said = msgspec.convert(given, SentLetter)
    made = [SentFile(*one, is_main=not place) for place, one in enumerate(files)]
    return msgspec.structs.replace(said, attachments=made)


def _payment(form: Any, amount: str) -> dict[str, Any]:
    try:
        numbers = [float(text.replace(",", ".") or 0) for text in (amount, str(form.get("vatAmount", "")))]
    except ValueError as error:
        raise BadLetter("amount: no number") from error
    made = {"paymentDataId": "P-console", "amount": numbers[0], "vatAmount": numbers[1], "currency": "EUR"}
    due = str(form.get("dueDate", "")).strip()
    return {
        **made,
        "dueDate": f"{due}T00:00:00Z" if due else "",
        "iban": str(form.get("iban", "")),
        "reference": str(form.get("reference", "")),
    }


def _texts(form: Any, name: str) -> dict[str, str]:
    found = {language: str(form.get(f"{name}-{language}", "")) for language in ("nl", "fr", "de")}
    return {language: text for language, text in found.items() if text.strip()}


def _rows(town: Town, person: str) -> list[dict[str, Any]]:
    """List letters, newest first: of a person, else those that did not stand there from the start."""
    found = [
        (office, one) for office, one in town.ebox.all() if (one.person == person if person else not one.is_sample)
    ]
    return [_row(town, *it) for it in sorted(found, key=lambda it: it[1].received_at, reverse=True)]


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
        "attachments": [one.file_name for one in letter.enclosures],
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _count(town: Town, person: str) -> int:
    return sum(len(town.ebox.of(office, person, town.clock())) for office in town.ebox.offices)


def _wrong(status: int, text: str) -> web.Response:
    return as_json({"error": text}, status)
