"""Make the letters that the console sends: single ones, or many for one person."""

import asyncio
import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from . import reference
from .letters import Boxes, Enclosure, Letter, id_of
from .offices import aware
from .papers import pdf_of

MOST_FILES = 100
LARGEST = 1_000_000_000  # bytes of a generated file
MOST_FILLED = 20_000

Texts = dict[str, str]
Person = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{11}\Z")]


class BadLetter(Exception):
    """A letter cannot be sent; the text says what is wrong with it."""


class SentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Hold a file of a letter to send; base64: its content. `generated` and `digest` are those of `Enclosure`."""

    file_name: str
    media_type: str = "application/pdf"
    base64: str = ""
    is_main: bool = False
    title: Texts = {}
    digest: str | None = None
    generated: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)] = 0
    is_signed: bool = False


class SentLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Hold a letter to send; left out, the type is the first of the registry, and the sender the first of that type.

    raw: members of any value that replace those of the registry's JSON; body and paymentData are not checked either.
    """

    person: Person
    subject: Texts
    provider: str = "federaal"
    sender_organization_id: str = ""
    sender_application_id: str = ""
    message_type_id: str = ""
    message_id: str = ""
    body: dict[str, Any] = {}
    is_body_main: bool = False
    attachments: Annotated[list[SentFile], msgspec.Meta(max_length=MOST_FILES)] = []
    payment_data: dict[str, Any] | None = None
    registered_mail: bool = False
    read_status: bool = False
    visible: bool = True
    receipt_date: datetime | None = None
    expiration_date: datetime | None = None
    for_the_attention_of: dict[str, str] | None = None
    raw: dict[str, Any] = {}


class FillRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Ask for many letters of one person; without a provider they are spread over all registries."""

    person: Person
    count: Annotated[int, msgspec.Meta(ge=0, le=MOST_FILLED)]
    provider: str = ""


async def letter_of(boxes: Boxes, sent: SentLetter, now: float) -> Letter:
    """Make a letter and put it in its box. Raises BadLetter."""
    if sent.provider not in boxes.offices:
        raise BadLetter(f"provider: one of {', '.join(boxes.offices)}")
    received = aware(sent.receipt_date) if sent.receipt_date else datetime.fromtimestamp(int(now), UTC)
    kinds = reference.types(sent.provider)
    kind = sent.message_type_id or next(iter(kinds))
    days = kinds.get(kind, {}).get("days", 365)
    letter = Letter(
        id=sent.message_id or boxes.next_id(sent.provider, received),
        person=sent.person,
        subject=sent.subject,
        sender=sent.sender_organization_id or kinds.get(kind, {}).get("senders", ["0671516647"])[0],
        type_id=kind,
        received_at=received,
        expires_at=aware(sent.expiration_date) if sent.expiration_date else received + timedelta(days=days),
        application=sent.sender_application_id,
        body=sent.body,
        is_body_main=sent.is_body_main,
        enclosures=tuple([await _enclosure(place, file) for place, file in enumerate(sent.attachments, 1)]),
        payment=sent.payment_data,
        is_registered=sent.registered_mail,
        is_read=sent.read_status,
        is_visible=sent.visible,
        attention=sent.for_the_attention_of,
        raw=sent.raw,
        sent_at=datetime.fromtimestamp(now, UTC),
    )
    boxes.add(sent.provider, letter)
    return letter


def fill(boxes: Boxes, request: FillRequest, now: float, first: int | None = None) -> dict[str, int]:
    """Put many letters in somebody's boxes, an hour apart; gives how many by registry. Raises BadLetter.

    first: the number for the id of the first one, when they are samples (see `letters.id_of`).
    """
    if request.provider and request.provider not in boxes.offices:
        raise BadLetter(f"provider: one of {', '.join(boxes.offices)}")
    counts = dict.fromkeys([request.provider] if request.provider else boxes.offices, 0)
    names = list(counts)
    opened = datetime.fromtimestamp(int(now), UTC)
    paper = pdf_of(["Een brief van velen"])
    for place in range(request.count):
        office = names[place % len(names)]
        kinds = reference.types(office)
        kind = list(kinds)[place // len(names) % len(kinds)]
        received = opened - timedelta(hours=place + 1)
        title = f"Brief {place + 1} van {request.count}"
        letter = Letter(
            id=boxes.next_id(office, received) if first is None else id_of(office, first + place, received),
            person=request.person,
            subject={"nl": title, "fr": f"Lettre {place + 1} de {request.count}"},
            sender=kinds[kind]["senders"][0],
            type_id=kind,
            received_at=received,
            expires_at=opened + timedelta(days=kinds[kind]["days"], hours=-place),
            enclosures=(Enclosure("1", f"brief-{place + 1}.pdf", "application/pdf", paper, is_main=True),),
            is_read=place % 3 == 2,
            is_sample=first is not None,
            sent_at=opened if first is None else None,
        )
        if letter.expires_at <= opened:
            letter.expires_at = opened + timedelta(days=30)
        boxes.add(office, letter)
        counts[office] += 1
    return counts


async def _enclosure(place: int, file: SentFile) -> Enclosure:
    try:
        content = base64.b64decode(file.base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLetter(f"attachments: file {place} is no base64") from error
    enclosure = Enclosure(
        id=str(place),
        file_name=file.file_name,
        media_type=file.media_type,
        content=content,
        is_main=file.is_main,
        titles=file.title,
        digest=file.digest,
        generated=file.generated,
        is_signed=file.is_signed,
    )
    if file.digest is None and file.generated:
        # The digest of a large file takes seconds: it is computed here, in a thread, and cached.
        await asyncio.to_thread(lambda: enclosure.real_digest)
    return enclosure
