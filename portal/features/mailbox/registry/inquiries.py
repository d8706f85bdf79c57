"""What is asked of a provider of messages, as `sources` asks it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import quote

import msgspec
from django.conf import settings

from portal.platform.journal.types import Activity, Purpose
from portal.platform.sources.catalogue import Agency, SourceQuestion
from portal.platform.sources.inquiry import Inquiry, Read, Reader
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready
from portal.platform.sources.registries import BELOW, EACH, LIST, ListQuery, Registry

from .. import section
from ..section import Mailbox
from ..types import (
    CHANGE,
    CONSENTS,
    FAMILY,
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

# The API says neither which zone's days it means, nor whether the day itself counts: what came besides is left out by
# whoever reads the list.
MARGIN = timedelta(days=2)
MESSAGES = "ebox/messages"
CONSENTS_SECONDS = 2.0  # for who is asked while a page waits
LONGEST_STEP = 1000  # characters of an id in an address


def list_inquiry(provider: EboxProvider, query: MessageQuery) -> Inquiry[EboxProvider, MessagePage]:
    """Say how a provider is asked which messages it has for somebody."""
    asked = ListQuery(query.wanted, _filters(query), provider.has_order, *_past(provider, query))
    values = {LIST: msgspec.json.encode(asked).decode()}
    return _inquiry(provider, "", values, partial(reading.read_list, provider=provider.id))


def message(provider: EboxProvider, message_id: str, now: datetime) -> Inquiry[EboxProvider, EboxMessage | None]:
    """Make the question for one message. The outcome holds None where the provider gives another message."""
    reader = partial(reading.read_message, provider=provider.id, message_id=message_id, now=now)
    return _inquiry(provider, "message", {BELOW: path_of(message_id)}, reader)


def by_id(provider: EboxProvider, ids: Sequence[str], now: datetime) -> Inquiry[EboxProvider, MessagesById]:
    """Say how several messages are asked for, each by its id. One whose id fits in no path is not asked."""
    values = {EACH: msgspec.json.encode([path_of(one) for one in ids]).decode()}
    return _inquiry(provider, "chosen", values, partial(reading.read_by_id, provider=provider.id, ids=ids, now=now))


def body(provider: EboxProvider, message_id: str) -> Inquiry[EboxProvider, MessageBody]:
    """Say how the text of a message is asked for; where it is the main content, that makes the message read."""
    return _inquiry(provider, "body", {BELOW: path_of(message_id, "body")}, reading.read_body)


def payment(provider: EboxProvider, message_id: str) -> Inquiry[EboxProvider, PaymentData]:
    """Say how it is asked what a message wants paid."""
    return _inquiry(provider, "payment", {BELOW: path_of(message_id, "paymentData")}, reading.read_payment)


def content(provider: EboxProvider, message_id: str, attachment_id: str) -> Inquiry[EboxProvider, None]:
    """Say how a file is asked for; where it is the main content, that makes the message read. "" where no path can
    name it. What comes is handed on and not read.
    """
    below = path_of(message_id, "attachments", attachment_id, "content")
    return _inquiry(provider, "content", {BELOW: below}, _unread)


def visibility(provider: EboxProvider) -> Inquiry[EboxProvider, None]:
    """Say how messages are hidden, or shown again."""
    return _inquiry(provider, "visible", {BELOW: MESSAGES}, _unread)


def consents(federation: EboxProvider) -> Inquiry[EboxProvider, tuple[ApplicationConsent, ...]] | None:
    """Say how the federation is asked where somebody's eBox is linked; None where it does not tell."""
    return _consents(federation, "consents", "")


def own_consent(federation: EboxProvider) -> Inquiry[EboxProvider, tuple[ApplicationConsent, ...]] | None:
    """Say how the federation is told that somebody's eBox is linked here or not; None where it wants no word."""
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
    """Write where something of a message stands, below its registry's address; "" for an id that fits in no path."""
    steps = [quote(step, safe="") for step in (message_id, *further)]
    if any(step in ("", ".", "..") or len(step) > LONGEST_STEP for step in steps):
        return ""
    return "/".join((MESSAGES, *steps))


def refuse_other_message(outcome: Outcome[EboxMessage | None]) -> Outcome[EboxMessage]:
    """Give the same outcome; another message than was asked for is none."""
    if isinstance(outcome, Ready | Partial) and outcome.value is None:
        return Down("mismatch", "messageId")
    return cast("Outcome[EboxMessage]", outcome)


def registry_of(provider: EboxProvider) -> Registry:
    """Say where and how a provider is asked."""
    _, box = _federation()
    return Registry(provider.address, provider.version, f"{box.audience}:{provider.id}", box.deadline_s)


def name_of(provider: EboxProvider, part: str = "") -> str:
    """Name what is asked of a provider within its body; part: of a message, "" for the list."""
    return f"{provider.source}/{part}" if part else provider.source


def activities() -> list[Activity]:
    """Say for the journal's register what asking any provider is; the federation's list names them later."""
    agency, box = _federation()
    parts = {"": LIST_MESSAGES, "chosen": LIST_MESSAGES, "visible": CHANGE, "consents": CONSENTS, "consent": TELL}
    parts |= dict.fromkeys(("message", "body", "payment", "content"), READ)
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
    """Say for the journal's register what asking a provider for a purpose is; part: as of `name_of`."""
    agency, box = _federation()
    return Activity(
        body=agency.id,
        body_name=agency.manifest.name,
        dataset=name_of(provider, part),
        title=f"{box.title} ({provider.id})",
        purpose=purpose.sentence,
        legal_basis=box.legal_basis,
        services=(f"{registry.service}/{provider.version}",),
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


def _unread(_answer: Any, _remarks: Sequence[Fact]) -> Read[None]:
    """Stand for the reader of what nobody reads."""
    return Read(None, [], is_empty=False)


def _federation() -> tuple[Agency, Mailbox]:
    agency = section.federation()
    box = section.dutch(agency) if agency else None
    assert agency is not None and box is not None  # noqa: S101, PT018 - it lists the provider
    return agency, box


def _past(provider: EboxProvider, query: MessageQuery) -> tuple[datetime | None, str | None]:
    """Say after which of a provider's own messages the list goes on; of one moment, lower ids come first."""
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
