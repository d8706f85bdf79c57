"""The addresses of a registry for senders: to publish a letter, to link it to people, to ask whether it was read.

`/publishMessage` is version 2, `POST /ebox/messages` version 3; both take a form with a description of the letter and
its files. Real registries identify senders by tokens; here any client certificate is enough.
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
from .registry import RegistryQuestion, meet_fault, start_of

MOST_BYTES = 64_000_000
MOST_RECIPIENTS = 10_000
LONGEST_KEY = 100
NOBODY = "NO_DIGITAL_USER"


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    """Identify a box."""

    ebox_type: str
    ebox_id_value: str


class FileDescription(msgspec.Struct, frozen=True, rename="camel"):
    """Describe a file, which is another part of the form; version 3 renamed two members (`is_...`)."""

    http_part_name: str
    main_content: bool = False
    is_main_content: bool = False
    attachment_title: dict[str, str] = {}
    digest: dict[str, str] = {}
    attachment_signed: bool = False
    is_attachment_signed: bool = False


class Payment(msgspec.Struct, frozen=True, rename="camel"):
    """Hold the payment that a letter asks for."""

    payment_data_id: str
    amount: float
    vat_amount: float
    currency: str
    due_date: datetime
    iban: str
    bic: str | msgspec.UnsetType = msgspec.UNSET
    reference: Any = msgspec.UNSET


class LetterDescription(msgspec.Struct, frozen=True, rename="camel"):
    """Describe a letter to publish."""

    recipient: Recipient
    subject: dict[str, str]
    message_type_id: str
    sender_organization_id: str
    sender_application_id: str = ""
    registered_mail: bool = False
    attachments: list[FileDescription] = []
    body_main_content: bool = False
    body_content: dict[str, str] = {}
    payment_data: Payment | None = None
    business_data_list: list[dict[str, Any]] = []
    for_the_attention_of: dict[str, str] | None = None


class LinkRequest(msgspec.Struct, frozen=True, rename="camel"):
    """Ask to put a letter into the boxes of more people."""

    message_id: str
    recipients: list[Recipient]


class LetterId(msgspec.Struct, frozen=True, rename="camel"):
    """Identify a letter in a box."""

    message_id: str
    ebox_id: Recipient


def add_to(app: web.Application) -> None:
    """Add the addresses for senders, at every registry."""
    start = start_of(app)
    app.router.add_post(f"{start}/v{{major:2}}/publishMessage", meet_fault(publish, needs_token=False))
    app.router.add_post(f"{start}/v{{major:3}}/ebox/messages", meet_fault(publish, needs_token=False))
    app.router.add_post(f"{start}/v{{major:[23]}}/linkEboxMessage", meet_fault(link, needs_token=False))
    app.router.add_post(f"{start}/v{{major:[23]}}/searchMessageStatus", meet_fault(statuses, needs_token=False))


async def publish(question: RegistryQuestion) -> web.Response:
    """Publish one letter: 201, with the code NOBODY when the recipient consented to no application.

    409 when the same application used its Idempotency-Key before.
    """
    description, files = await _parts(question.request)
    person = _person(description.recipient)
    kind = reference.types(question.office.id).get(description.message_type_id)
    if kind is None or description.sender_organization_id not in kind["senders"]:
        raise Refused(400, "this sender has no messages of this type")
    if any(file.http_part_name not in files for file in description.attachments):
        raise Refused(400, "a part of the form is missing")
    is_body_main = description.body_main_content and bool(description.body_content)
    if not is_body_main and not any(file.main_content or file.is_main_content for file in description.attachments):
        raise Refused(400, "there is no main content")
    boxes, key = question.town.ebox, question.request.headers.get("Idempotency-Key", "").strip().strip('"')
    application_and_key = (description.sender_application_id or description.sender_organization_id, key)
    if len(key) > LONGEST_KEY:
        raise Refused(400, "the Idempotency-Key is too long")
    if key and application_and_key in boxes.keys:
        raise Refused(409, "this Idempotency-Key came before")
    received = datetime.fromtimestamp(int(question.now), UTC)
    letter = Letter(
        id=boxes.next_id(question.office.id, received),
        person=person,
        subject=description.subject,
        sender=description.sender_organization_id,
        type_id=description.message_type_id,
        received_at=received,
        # The type decides, and not the sender.
        expires_at=received + timedelta(days=kind["days"]),
        application=description.sender_application_id,
        body=description.body_content,
        is_body_main=is_body_main,
        enclosures=tuple(_enclosure(place, file, files) for place, file in enumerate(description.attachments, 1)),
        payment=None if description.payment_data is None else msgspec.to_builtins(description.payment_data),
        is_registered=description.registered_mail,
        attention=description.for_the_attention_of,
        business=description.business_data_list,
        sent_at=received,
    )
    boxes.add(question.office.id, letter)
    if key:
        boxes.keys.add(application_and_key)
    answer = {"messageId": letter.id, "expirationDate": moment_of(letter.expires_at, question.office.id)}
    if not question.town.ebox.consents.dates.get(person):
        answer |= {"code": NOBODY, "message": "the recipient has no active eBox"}
    return json_of(question.request, answer, 201)


async def link(question: RegistryQuestion) -> web.Response:
    """Put an existing letter in more boxes, unread in each."""
    link_request = content_of(await question.request.read(), LinkRequest)
    if len(link_request.recipients) > MOST_RECIPIENTS:
        raise Refused(400, f"at most {MOST_RECIPIENTS} recipients")
    letters = _letters(question, link_request.message_id)
    if not letters:
        raise Refused(404, "there is no such message")
    first, wrong, count = letters[0], [], 0
    for recipient in link_request.recipients:
        if recipient.ebox_type != "citizen" or not knows(question.town.library, recipient.ebox_id_value):
            wrong.append(recipient)
            continue
        count += 1
        if all(recipient.ebox_id_value != it.person for it in letters):
            fields = {
                **vars(first),
                "person": recipient.ebox_id_value,
                "is_read": False,
                "read_at": None,
                "is_visible": True,
                "is_sample": False,
                "sent_at": datetime.fromtimestamp(question.now, UTC),
            }
            question.town.ebox.add(question.office.id, Letter(**fields))
    answer = {
        "messageId": first.id,
        "expirationDate": moment_of(first.expires_at, question.office.id),
        "nbSuccessLinks": count,
        "errorCases": wrong,
    }
    return json_of(question.request, answer, 201)


async def statuses(question: RegistryQuestion) -> web.Response:
    """Tell of each letter whether it was read; one that does not exist is left out."""
    ids = content_of(await question.request.read(), list[LetterId])
    if len(ids) > MOST_RECIPIENTS:
        raise Refused(400, f"at most {MOST_RECIPIENTS} messages")
    items = []
    for it in ids:
        letter = question.town.ebox.find(question.office.id, it.ebox_id.ebox_id_value, it.message_id, question.now)
        if letter is not None and it.ebox_id.ebox_type == "citizen":
            items.append(
                {
                    "messageId": letter.id,
                    "eboxId": it.ebox_id,
                    "expirationDate": moment_of(letter.expires_at, question.office.id),
                    "readStatus": letter.is_read,
                    "visible": letter.is_visible,
                }
            )
    return json_of(question.request, items, 201)


def _letters(question: RegistryQuestion, number: str) -> list[Letter]:
    """Give the letter of an id as it is in each box of this registry that has it."""
    return [
        letter
        for office, letter in question.town.ebox.all()
        if office == question.office.id and letter.id == number and not letter.is_gone(question.now)
    ]


def _person(recipient: Recipient) -> str:
    if recipient.ebox_type != "citizen" or not is_number(recipient.ebox_id_value):
        raise Refused(400, "the recipient is a citizen with a national number")
    return recipient.ebox_id_value


async def _parts(request: web.Request) -> tuple[LetterDescription, dict[str, tuple[str, str, bytes]]]:
    """Read the form: the description, and (file name, media type, content) of each file by the name of its part."""
    with_room = request.clone(client_max_size=MOST_BYTES)
    if request.content_type != "multipart/form-data":
        raise Refused(400, "the content is multipart/form-data")
    try:
        form = await with_room.post()
    except (ValueError, HttpProcessingError) as error:
        raise Refused(400, "the form cannot be read") from error
    files: dict[str, tuple[str, str, bytes]] = {}
    description = b""
    for name, part in form.items():
        if isinstance(part, web.FileField):
            with part.file as opened:
                content = opened.read()
            if name == "messageToPublish":
                description = content
            else:
                files[name] = (part.filename, part.content_type, content)
        elif name == "messageToPublish":
            description = part.encode() if isinstance(part, str) else bytes(part)
    return content_of(description, LetterDescription), files


def _enclosure(place: int, file: FileDescription, files: dict[str, tuple[str, str, bytes]]) -> Enclosure:
    name, media_type, content = files[file.http_part_name]
    return Enclosure(
        id=str(place),
        file_name=name,
        media_type=media_type,
        content=content,
        is_main=file.main_content or file.is_main_content,
        titles=file.attachment_title,
        digest=file.digest.get("digestValue"),
        is_signed=file.attachment_signed or file.is_attachment_signed,
    )
