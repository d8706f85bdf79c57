"""Make the questions to providers and to the federation, as inquiries that `sources` can ask. No I/O.

Each names its Message Registry, path, deadline and reader, and the activity under which the journal notes it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import quote

import msgspec
from django.conf import settings

from portal.platform.journal.types import Activity, Purpose
from portal.platform.sources.catalogue import Agency, SourceQuestion
from portal.platform.sources.inquiry import Inquiry, ReadContent, Reader
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready
from portal.platform.sources.registries import BELOW, EACH, LIST, ListQuery, Registry

from .. import section
from ..section import Mailbox
from ..types import (
    CHANGE,
    CONSENTS,
    FAMILY,
    FEDERATION,
    OWN_APPLICATION,
    READ,
    TELL,
    ApplicationConsent,
    EboxMessage,
    EboxProvider,
    MessageBody,
    MessagePage,
    MessageQuery,
    MessagesById,
    PaymentData,
)
from ..types import LIST as LIST_MESSAGES
from . import consent_reading, reading
from .outside_text import LANGUAGES

# The API defines neither the time zone of a day in a filter, nor whether that day is included. So more is asked for,
# and `list.seeking` leaves out what does not fit.
MARGIN = timedelta(days=2)
MESSAGES = "ebox/messages"
CONSENTS_SECONDS = 2.0  # deadline of the federation, for which a page waits
LONGEST_STEP = 1000  # characters of an id as it stands in a path, percent-quoted


def list_inquiry(provider: EboxProvider, query: MessageQuery) -> Inquiry[EboxProvider, MessagePage]:
    """Make the question for the list of a citizen's messages."""
    asked = ListQuery(query.wanted, _filters(query), provider.has_order, *_past(provider, query))
    values = {LIST: msgspec.json.encode(asked).decode()}
    return _inquiry(provider, "", values, partial(reading.read_list, provider=provider.id))


def message(provider: EboxProvider, message_id: str, now: datetime) -> Inquiry[EboxProvider, EboxMessage | None]:
    """Make the question for one message. The outcome holds None where the provider gives another message."""
    reader = partial(reading.read_message, provider=provider.id, message_id=message_id, now=now)
    return _inquiry(provider, "message", {BELOW: path_of(message_id)}, reader)


def by_id(provider: EboxProvider, ids: Sequence[str], now: datetime) -> Inquiry[EboxProvider, MessagesById]:
    """Make the question for several messages, each by its id. An id that fits in no path is not asked for.

    Of the others the first MOST_EACH are asked; the rest comes back as `unasked`.
    """
    values = {EACH: msgspec.json.encode([path_of(one) for one in ids]).decode()}
    return _inquiry(provider, "chosen", values, partial(reading.read_by_id, provider=provider.id, ids=ids, now=now))


def body(provider: EboxProvider, message_id: str) -> Inquiry[EboxProvider, MessageBody]:
    """Make the question for the text of a message; asking makes the message read where that is its main content."""
    return _inquiry(provider, "body", {BELOW: path_of(message_id, "body")}, reading.read_body)


def payment(provider: EboxProvider, message_id: str) -> Inquiry[EboxProvider, PaymentData]:
    """Make the question for the payment that a message asks for."""
    return _inquiry(provider, "payment", {BELOW: path_of(message_id, "paymentData")}, reading.read_payment)


def content(provider: EboxProvider, message_id: str, attachment_id: str) -> Inquiry[EboxProvider, None]:
    """Make the question for the bytes of a file, which are handed on unread; its path is "" for ids that fit in none.

    Asking makes the message read where the file is its main content.
    """
    below = path_of(message_id, "attachments", attachment_id, "content")
    return _inquiry(provider, "content", {BELOW: below}, _read_nothing)


def visibility(provider: EboxProvider) -> Inquiry[EboxProvider, None]:
    """Make the change by which messages are hidden, or shown again."""
    return _inquiry(provider, "visible", {BELOW: MESSAGES}, _read_nothing)


def consents(federation: EboxProvider) -> Inquiry[EboxProvider, tuple[ApplicationConsent, ...]] | None:
    """Make the question in which applications an eBox is linked; None where the federation has no register."""
    return _consents(federation, "consents", "")


def own_consent(federation: EboxProvider) -> Inquiry[EboxProvider, tuple[ApplicationConsent, ...]] | None:
    """Make the change of the federation's line for this portal; None where the federation has no register."""
    return _consents(federation, "consent", f"/{OWN_APPLICATION}")


def _consents(
    federation: EboxProvider, part: str, below: str
) -> Inquiry[EboxProvider, tuple[ApplicationConsent, ...]] | None:
    _, box = _federation()
    if not box.consents:
        return None
    registry = Registry(f"{settings.REST_URL}{box.path}", "", f"{box.audience}:{federation.id}", CONSENTS_SECONDS)
    values = {BELOW: f"{box.consents}{below}"}
    return _inquiry_at(registry, box.source, federation, part, values, consent_reading.read)


def path_of(message_id: str, *further: str) -> str:
    """Give the path of a message, or a part of it, below its registry's address; "" for an id that fits in none."""
    steps = [quote(step, safe="") for step in (message_id, *further)]
    if any(step in ("", ".", "..") or len(step) > LONGEST_STEP for step in steps):
        return ""
    return "/".join((MESSAGES, *steps))


def refuse_other_message(outcome: Outcome[EboxMessage | None]) -> Outcome[EboxMessage]:
    """Turn the answer of `message` with another message (None) into Down; give any other outcome as it is."""
    if isinstance(outcome, Ready | Partial) and outcome.value is None:
        return Down("mismatch", "messageId")
    return cast("Outcome[EboxMessage]", outcome)


def registry_of(provider: EboxProvider) -> Registry:
    """Give the Message Registry of a provider: address, API version, audience of tokens, deadline."""
    _, box = _federation()
    return Registry(provider.address, provider.version, f"{box.audience}:{provider.id}", box.deadline_s)


def name_of(provider: EboxProvider, part: str = "") -> str:
    """Name a question to a provider, as its body's dataset.

    part: which question it is (the keys in `activities`), "" for the list.
    """
    return f"{provider.source}/{part}" if part else provider.source


def activities() -> list[Activity]:
    """List the activities of asking any provider (`*`), for the register: which there are is known at run time."""
    agency, box = _federation()
    parts = {"": LIST_MESSAGES, "chosen": LIST_MESSAGES, "visible": CHANGE}
    parts |= dict.fromkeys(("message", "body", "payment", "content"), READ)
    parts |= {"consents": CONSENTS, "consent": TELL} if box.consents else {}
    return [
        Activity(
            body=agency.id,
            body_name=agency.manifest.name,
            dataset=f"{FAMILY}*/{part}" if part else f"{FAMILY}*",
            title=box.title,
            purpose=purpose.sentence,
            legal_basis=box.legal_basis,
            services=(),
            retention="none",
        )
        for part, purpose in parts.items()
    ]


def _activity(registry: Registry, provider: EboxProvider, part: str, purpose: Purpose) -> Activity:
    """Give the activity under which the journal notes a question to one provider. part: as in `name_of`.

    The register is Dutch, and names a provider as the federation does, or not at all: people read it.
    """
    agency, box = _federation()
    is_federation = provider.id == FEDERATION
    named = "" if is_federation else next(filter(None, map(provider.names.get, LANGUAGES)), "")
    # Its register of consents is no Message Registry. People read this name: it has no version that is not known.
    service = box.consents if is_federation else "/".join(filter(None, (registry.service, registry.version)))
    return Activity(
        body=agency.id,
        body_name=agency.manifest.name,
        dataset=name_of(provider, part),
        title=f"{box.title} ({named})" if named else box.title,
        purpose=purpose.sentence,
        legal_basis=box.legal_basis,
        services=(service,),
        retention="none",
    )


def _inquiry[T](
    provider: EboxProvider, part: str, values: dict[str, str], reader: Reader[T]
) -> Inquiry[EboxProvider, T]:
    return _inquiry_at(registry_of(provider), provider.source, provider, part, values, reader)


def _inquiry_at[T](
    registry: Registry, source: str, provider: EboxProvider, part: str, values: dict[str, str], reader: Reader[T]
) -> Inquiry[EboxProvider, T]:
    agency, box = _federation()
    return Inquiry(
        key=provider,
        name=f"{agency.id}.{name_of(provider, part)}",
        agency=agency,
        question=SourceQuestion(source, registry, ""),
        service=registry,
        reader=reader,
        activity=partial(_activity, registry, provider, part),
        deadline_s=registry.deadline_s,
        assurance=box.assurance,
        values=values,
    )


def _read_nothing(_answer: Any, _remarks: Sequence[Fact]) -> ReadContent[None]:
    """Read nothing: the reader of an answer whose bytes are handed on, or that has none."""
    return ReadContent(None, [], is_empty=False)


def _federation() -> tuple[Agency, Mailbox]:
    agency = section.federation()
    box = section.dutch(agency) if agency else None
    assert agency is not None and box is not None  # noqa: S101, PT018 - it lists the provider
    return agency, box


def _past(provider: EboxProvider, query: MessageQuery) -> tuple[datetime | None, str | None]:
    """Give the moment and id after which a provider's own messages go on, in the order of `list.merging`.

    Of messages of one moment, those of a provider with a higher id than that of `query.past` all come after it (id
    ""), and those of one with a lower id all came before (None).
    """
    if query.past is None:
        return None, None
    moment, at, message_id = query.past
    if provider.id == at:
        return moment, message_id
    return moment, "" if provider.id > at else None


def _filters(query: MessageQuery) -> dict[str, str]:
    filters = {
        "readStatus": _flag(query.is_read),
        "visible": _flag(query.is_visible),
        "registeredMail": _flag(query.is_registered),
        "messageTypeId": query.type_id,
        "senderOrganizationId": query.sender,
        "receivedAfter": _day(query.received_from, -MARGIN),
        "receivedBefore": _day(query.received_to, MARGIN),
        "expiredBefore": _day(query.expiring_to, MARGIN),
        "q": query.words,
        "qlang": query.language if query.words else "",
    }
    return {name: value for name, value in filters.items() if value}


def _flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _day(written: str, by: timedelta) -> str:
    return (date.fromisoformat(written) + by).isoformat() if written else ""
