"""What senders ask of a registry over mutual TLS: to publish a letter, to link it to many, and whether it was read.

`/publishMessage` is version 2, `POST /ebox/messages` version 3; both take a description and its files as parts of a
form. A registry knows senders by their tokens elsewhere; here whoever has a client certificate is believed.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox.magda.folders import is_number, knows
from sandbox.rest.answers import Refused

from . import reference
from .answers import json_of, moment_of
from .letters import Enclosure, Letter
from .questions import content_of
from .registry import Errand, meet_fault, start_of

MOST_BYTES = 64_000_000
MOST_RECIPIENTS = 10_000
LONGEST_KEY = 100
NOBODY = "NO_DIGITAL_USER"


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    """Name a box."""

    ebox_type: str
    ebox_id_value: str


class DescribedFile(msgspec.Struct, frozen=True, rename="camel"):
    """Describe a file that comes as another part of the form; version 3 renamed two."""

    http_part_name: str
    main_content: bool = False
    is_main_content: bool = False
    attachment_title: dict[str, str] = {}
    digest: dict[str, str] = {}
    attachment_signed: bool = False
    is_attachment_signed: bool = False


class Payment(msgspec.Struct, frozen=True, rename="camel"):
    """Say what is to be paid."""

    payment_data_id: str
    amount: float
    vat_amount: float
    currency: str
    due_date: datetime
    iban: str
    bic: str | msgspec.UnsetType = msgspec.UNSET
    reference: Any = msgspec.UNSET


class Described(msgspec.Struct, frozen=True, rename="camel"):
    """Describe a letter."""

    recipient: Recipient
    subject: dict[str, str]
    message_type_id: str
    sender_organization_id: str
    sender_application_id: str = ""
    registered_mail: bool = False
    attachments: list[DescribedFile] = []
    body_main_content: bool = False
    body_content: dict[str, str] = {}
    payment_data: Payment | None = None
    business_data_list: list[dict[str, Any]] = []
    for_the_attention_of: dict[str, str] | None = None


class Linking(msgspec.Struct, frozen=True, rename="camel"):
    """Give a letter to more people."""

    message_id: str
    recipients: list[Recipient]


class LetterPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Name a letter in a box."""

    message_id: str
    ebox_id: Recipient


def add_to(app: web.Application) -> None:
    """Add what senders ask, at every registry."""
    start = start_of(app)
    app.router.add_post(f"{start}/v{{major:2}}/publishMessage", meet_fault(publish, needs_token=False))
    app.router.add_post(f"{start}/v{{major:3}}/ebox/messages", meet_fault(publish, needs_token=False))
    app.router.add_post(f"{start}/v{{major:[23]}}/linkEboxMessage", meet_fault(link, needs_token=False))
    app.router.add_post(f"{start}/v{{major:[23]}}/searchMessageStatus", meet_fault(statuses, needs_token=False))


async def publish(errand: Errand) -> web.Response:
    """Publish one letter: 201, with a code where the recipient never consented.

    409 where its Idempotency-Key came before from the same application.
    """
    said, files = await _parts(errand.request)
    person = _person(said.recipient)
    kind = reference.types(errand.office.id).get(said.message_type_id)
    if kind is None or said.sender_organization_id not in kind["senders"]:
        raise Refused(400, "this sender has no messages of this type")
    missing = [one.http_part_name for one in said.attachments if one.http_part_name not in files]
    if missing:
        raise Refused(400, "a part of the form is missing")
    is_body_main = said.body_main_content and bool(said.body_content)
    if not is_body_main and not any(one.main_content or one.is_main_content for one in said.attachments):
        raise Refused(400, "there is no main content")
    boxes, key = errand.town.ebox, errand.request.headers.get("Idempotency-Key", "").strip().strip('"')
    mark = (said.sender_application_id or said.sender_organization_id, key)
    if len(key) > LONGEST_KEY:
        raise Refused(400, "the Idempotency-Key is too long")
    if key and mark in boxes.keys:
        raise Refused(409, "this Idempotency-Key came before")
    received = datetime.fromtimestamp(int(errand.now), UTC)
    letter = Letter(
        id=boxes.next_id(errand.office.id, received),
        person=person,
        subject=said.subject,
        sender=said.sender_organization_id,
        type_id=said.message_type_id,
        received_at=received,
        # Whatever the sender says: this registry goes by the kind.
        expires_at=received + timedelta(days=kind["days"]),
        application=said.sender_application_id,
        body=said.body_content,
        is_body_main=is_body_main,
        enclosures=tuple(_enclosure(place, one, files) for place, one in enumerate(said.attachments, 1)),
        payment=None if said.payment_data is None else msgspec.to_builtins(said.payment_data),
        is_registered=said.registered_mail,
        attention=said.for_the_attention_of,
        business=said.business_data_list,
        sent_at=received,
    )
    boxes.add(errand.office.id, letter)
    if key:
        boxes.keys.add(mark)
    made = {"messageId": letter.id, "expirationDate": moment_of(letter.expires_at, errand.office.id)}
    if not errand.town.ebox.consents.given.get(person):
        made |= {"code": NOBODY, "message": "the recipient has no active eBox"}
    return json_of(errand.request, made, 201)


async def link(errand: Errand) -> web.Response:
    """Put a letter that is there in more boxes, unread in each."""
    said = content_of(await errand.request.read(), Linking)
    if len(said.recipients) > MOST_RECIPIENTS:
        raise Refused(400, f"at most {MOST_RECIPIENTS} recipients")
    found = _letters(errand, said.message_id)
    if not found:
        raise Refused(404, "there is no such message")
    first, wrong, linked = found[0], [], 0
    for one in said.recipients:
        if one.ebox_type != "citizen" or not knows(errand.town.library, one.ebox_id_value):
            wrong.append(one)
            continue
        linked += 1
        if all(one.ebox_id_value != it.person for it in found):
            copied = {
                **vars(first),
                "person": one.ebox_id_value,
                "is_read": False,
                "read_at": None,
                "is_visible": True,
                "is_sample": False,
                "sent_at": datetime.fromtimestamp(errand.now, UTC),
            }
            errand.town.ebox.add(errand.office.id, Letter(**copied))
    said_back = {
        "messageId": first.id,
        "expirationDate": moment_of(first.expires_at, errand.office.id),
        "nbSuccessLinks": linked,
        "errorCases": wrong,
    }
    return json_of(errand.request, said_back, 201)


async def statuses(errand: Errand) -> web.Response:
    """Say of letters whether each was read; one that is not there is left out."""
    said = content_of(await errand.request.read(), list[LetterPlace])
    if len(said) > MOST_RECIPIENTS:
        raise Refused(400, f"at most {MOST_RECIPIENTS} messages")
    made = []
    for place in said:
        letter = errand.town.ebox.one(errand.office.id, place.ebox_id.ebox_id_value, place.message_id, errand.now)
        if letter is not None and place.ebox_id.ebox_type == "citizen":
            made.append(
                {
                    "messageId": letter.id,
                    "eboxId": place.ebox_id,
                    "expirationDate": moment_of(letter.expires_at, errand.office.id),
                    "readStatus": letter.is_read,
                    "visible": letter.is_visible,
                }
            )
    return json_of(errand.request, made, 201)


def _letters(errand: Errand, number: str) -> list[Letter]:
    """Find a letter in every box that has it."""
    return [
        letter
        for office, letter in errand.town.ebox.all()
        if office == errand.office.id and letter.id == number and not letter.is_gone(errand.now)
    ]


def _person(recipient: Recipient) -> str:
    if recipient.ebox_type != "citizen" or not is_number(recipient.ebox_id_value):
        raise Refused(400, "the recipient is a citizen with a national number")
    return recipient.ebox_id_value


async def _parts(request: web.Request) -> tuple[Described, dict[str, tuple[str, str, bytes]]]:
    """Read the form: what describes the letter, and each file by the name of its part."""
    wide = request.clone(client_max_size=MOST_BYTES)
    if request.content_type != "multipart/form-data":
        raise Refused(400, "the content is multipart/form-data")
    try:
        form = await wide.post()
    except (ValueError, HttpProcessingError) as error:
        raise Refused(400, "the form cannot be read") from error
    files: dict[str, tuple[str, str, bytes]] = {}
    described = b""
    for name, part in form.items():
        if isinstance(part, web.FileField):
            with part.file as opened:
                content = opened.read()
            if name == "messageToPublish":
                described = content
            else:
                files[name] = (part.filename, part.content_type, content)
        elif name == "messageToPublish":
            described = part.encode() if isinstance(part, str) else bytes(part)
    return content_of(described, Described), files


def _enclosure(place: int, one: DescribedFile, files: dict[str, tuple[str, str, bytes]]) -> Enclosure:
    name, media_type, content = files[one.http_part_name]
    return Enclosure(
        id=str(place),
        file_name=name,
        media_type=media_type,
        content=content,
        is_main=one.main_content or one.is_main_content,
        titles=one.attachment_title,
        digest=one.digest.get("digestValue"),
        is_signed=one.attachment_signed or one.is_attachment_signed,
    )
