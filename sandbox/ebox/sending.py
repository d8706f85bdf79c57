"""Make letters of what somebody sends from the console, by hand or in heaps."""

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
LARGEST = 1_000_000_000  # bytes of a file that is made while it is sent
MOST_FILLED = 20_000

Texts = dict[str, str]
Person = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{11}\Z")]


class BadLetter(Exception):
    """A letter cannot be sent; the text says what is wrong with it."""


class SentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Hold a file of a letter; generated: how many bytes the town makes up itself, in place of base64.

    digest: what the registry says that it is (a wrong one, or "" for none), None for what it really is.
    """

    file_name: str
    media_type: str = "application/pdf"
    base64: str = ""
    is_main: bool = False
    title: Texts = {}
    digest: str | None = None
    generated: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)] = 0
    is_signed: bool = False


class SentLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Hold a letter to send. What is left out: provider `federaal`, and its first sender and kind.

    raw: members that the registry's answer has in place of its own, whatever they are; body and paymentData may hold
    anything as well.
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


class Filling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Ask for many letters of one person; over all registries in turn without a provider."""

    person: Person
    count: Annotated[int, msgspec.Meta(ge=0, le=MOST_FILLED)]
    provider: str = ""


async def letter_of(boxes: Boxes, said: SentLetter, now: float) -> Letter:
    """Make a letter and put it in its box. Raises BadLetter."""
    if said.provider not in boxes.offices:
        raise BadLetter(f"provider: one of {', '.join(boxes.offices)}")
    received = aware(said.receipt_date) if said.receipt_date else datetime.fromtimestamp(int(now), UTC)
    kinds = reference.types(said.provider)
    kind = said.message_type_id or next(iter(kinds))
    days = kinds.get(kind, {}).get("days", 365)
    letter = Letter(
        id=said.message_id or boxes.next_id(said.provider, received),
        person=said.person,
        subject=said.subject,
        sender=said.sender_organization_id or kinds.get(kind, {}).get("senders", ["0671516647"])[0],
        type_id=kind,
        received_at=received,
        expires_at=aware(said.expiration_date) if said.expiration_date else received + timedelta(days=days),
        application=said.sender_application_id,
        body=said.body,
        is_body_main=said.is_body_main,
        enclosures=tuple([await _enclosure(place, one) for place, one in enumerate(said.attachments, 1)]),
        payment=said.payment_data,
        is_registered=said.registered_mail,
        is_read=said.read_status,
        is_visible=said.visible,
        attention=said.for_the_attention_of,
        raw=said.raw,
        sent_at=datetime.fromtimestamp(now, UTC),
    )
    boxes.add(said.provider, letter)
    return letter


def fill(boxes: Boxes, said: Filling, now: float, first: int | None = None) -> dict[str, int]:
    """Put many letters in somebody's boxes, an hour apart; gives how many each registry got. Raises BadLetter.

    first: the number of the first one, where they are samples.
    """
    if said.provider and said.provider not in boxes.offices:
        raise BadLetter(f"provider: one of {', '.join(boxes.offices)}")
    given = dict.fromkeys([said.provider] if said.provider else boxes.offices, 0)
    names = list(given)
    opened = datetime.fromtimestamp(int(now), UTC)
    paper = pdf_of(["Een brief van velen"])
    for place in range(said.count):
        office = names[place % len(names)]
        kinds = reference.types(office)
        kind = list(kinds)[place // len(names) % len(kinds)]
        received = opened - timedelta(hours=place + 1)
        title = f"Brief {place + 1} van {said.count}"
        letter = Letter(
            id=boxes.next_id(office, received) if first is None else id_of(office, first + place, received),
            person=said.person,
            subject={"nl": title, "fr": f"Lettre {place + 1} de {said.count}"},
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
        given[office] += 1
    return given


async def _enclosure(place: int, said: SentFile) -> Enclosure:
    try:
        content = base64.b64decode(said.base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLetter(f"attachments: file {place} is no base64") from error
    made = Enclosure(
        id=str(place),
        file_name=said.file_name,
        media_type=said.media_type,
        content=content,
        is_main=said.is_main,
        titles=said.title,
        digest=said.digest,
        generated=said.generated,
        is_signed=said.is_signed,
    )
    if said.digest is None and said.generated:
        # Taken once, aside: of hundreds of MB it lasts.
        await asyncio.to_thread(lambda: made.real_digest)
    return made
