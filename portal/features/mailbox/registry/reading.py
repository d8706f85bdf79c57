"""Read answers of a Message Registry: messages, the text of a message, the payment that it asks for.

Total: nothing is raised. A value that cannot be used is noted by its place, which makes the outcome partial. A
message is left out only where it has no id or no moment, for then it has no place in a list.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from portal.platform.language.dates import day_here
from portal.platform.sources.inquiry import ReadContent
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.registries import GatheredItems, GatheredMessages

from ..types import (
    BusinessDatum,
    EboxAttachment,
    EboxMessage,
    MessageBody,
    MessagePage,
    MessagesById,
    PaymentData,
)
from . import outside_text
from .members import Members
from .outside_text import LANGUAGES

MOST_ATTACHMENTS = 100  # of one message
MOST_FILES_IN_LIST = 500  # attachments of all messages of a list together; to read more can take over 5 ms
MOST_BUSINESS_DATA = 50  # of one message
MOST_VALUES = 20  # of one business datum
MOST_MEDIA_TYPE = 100  # characters
MOST_REFERENCE = 140  # characters, as many as a bank transfer carries

type _ReadFile = Callable[[Members, str], EboxAttachment]

# Members that pages do not show. Whom a message is for was checked before, and it cannot be answered here; we make
# the address of a file from its ids.
_LEFT_OUT = ("forTheAttentionOf", "originalMessageId", "replyAuthorized", "isReplyAuthorized", "links", "_links")
_LEFT_OUT_OF_FILE = ("contentHref", "links", "_links")
_LEFT_OUT_OF_DATUM = ("links", "_links")


def read_list(gathered: GatheredMessages, _remarks: Sequence[Fact], *, provider: str) -> ReadContent[MessagePage]:
    """Read a list of messages. It is empty, so Nothing, only where the provider says that it has none at all."""
    unread: list[str] = []
    found: dict[str, EboxMessage] = {}
    last: tuple[datetime, str] | None = None
    room = MOST_FILES_IN_LIST
    for item in gathered.items:
        message = _message(Members(item, unread, "messages"), provider, _names_of_file, min(room, MOST_ATTACHMENTS))
        if message is not None:
            room -= len(message.attachments)
            found.setdefault(message.id, message)
            last = message.received_at, message.id
    page = MessagePage(
        tuple(found.values()),
        gathered.has_more,
        last if gathered.has_more else None,
        gathered.is_cut,
        gathered.total,
        gathered.unread,
    )
    is_empty = not (found or unread or gathered.has_more or gathered.is_cut or gathered.total or gathered.left_out)
    return ReadContent(page, list(dict.fromkeys(unread)), is_empty)


def read_message(
    content: Any, _remarks: Sequence[Fact], *, provider: str, message_id: str, now: datetime
) -> ReadContent[EboxMessage | None]:
    """Read one message: empty, so Nothing, where it expired.

    None where it is another than was asked for, or has no id or no moment.
    """
    unread: list[str] = []
    members = Members(content, unread)
    message = _message(members, provider, _file, MOST_ATTACHMENTS)
    if message is None or message.id != message_id:
        # What is said of another message is not counted here.
        return ReadContent(None, list(dict.fromkeys(unread)) if message is None else [], is_empty=False)
    message = msgspec.structs.replace(message, business_data=tuple(_business_data(members)))
    members.value_of(*_LEFT_OUT)
    members.strangers()
    is_gone = message.is_expired(now)
    return ReadContent(message, [] if is_gone else list(dict.fromkeys(unread)), is_gone)


def read_by_id(
    asked: GatheredItems, _remarks: Sequence[Fact], *, provider: str, ids: Sequence[str], now: datetime
) -> ReadContent[MessagesById]:
    """Read the answers to a question for each of these ids.

    Where one gives another message, its id counts as unasked.
    """
    unread: list[str] = []
    found: list[EboxMessage] = []
    gone = {ids[at] for at in asked.absent}
    room = MOST_FILES_IN_LIST
    for at, content in asked.items.items():
        members = Members(content, unread, "messages")
        message = _message(members, provider, _names_of_file, min(room, MOST_ATTACHMENTS))
        if message is None or message.id != ids[at]:
            members.misses("messageId")
        elif message.is_expired(now):
            gone.add(message.id)
        else:
            room -= len(message.attachments)
            found.append(message)
    known = gone | {one.id for one in found}
    unasked = tuple(one for one in ids if one not in known)
    by_id = MessagesById(tuple(found), tuple(one for one in ids if one in gone), unasked)
    return ReadContent(by_id, list(dict.fromkeys(unread)), is_empty=False)


def read_body(content: Any, _remarks: Sequence[Fact]) -> ReadContent[MessageBody]:
    """Read the text of a message."""
    unread: list[str] = []
    members = Members(content, unread)
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        text = members.value_of(language)
        if isinstance(text, str):
            texts |= {language: text} if text.strip() else {}
        elif text is not None:
            members.misses(language)
    members.value_of("links", "_links")
    members.strangers()
    return ReadContent(MessageBody(texts), unread, not texts and not unread)


def read_payment(content: Any, _remarks: Sequence[Fact]) -> ReadContent[PaymentData]:
    """Read the payment that a message asks for."""
    unread: list[str] = []
    members = Members(content, unread)
    due = members.moment("dueDate")
    payment = PaymentData(
        members.amount("amount"),
        members.amount("vatAmount"),
        members.line("currency", 10).upper(),
        day_here(due) if due else None,
        members.line("iban", 60).replace(" ", "").upper(),
        members.line("bic", 30).replace(" ", "").upper(),
        _references(members),
    )
    members.value_of("paymentDataId", "links", "_links")
    members.strangers()
    return ReadContent(payment, unread, is_empty=False)


def _message(members: Members, provider: str, read_file: _ReadFile, most_files: int) -> EboxMessage | None:
    id_, received_at = members.id("messageId", is_needed=True), members.moment("receiptDate")
    if received_at is None:
        members.misses("receiptDate")
    if not id_ or received_at is None:
        return None
    expires_at = members.moment("expirationDate", ends=True)
    if expires_at is not None and expires_at <= received_at:
        # Some providers write a day of long ago for "never": the message must not disappear by it.
        members.misses("expirationDate")
        expires_at = None
    payment = members.value_of("paymentData")
    if payment and not isinstance(payment, dict):
        members.misses("paymentData")
    due = members.below("paymentData", payment).moment("dueDate") if isinstance(payment, dict) else None
    return EboxMessage(
        provider,
        id_,
        members.texts("subject", is_needed=True),
        received_at,
        expires_at,
        is_read=members.flag("readStatus", "isRead", is_needed=True) or False,
        is_registered=_is_registered(members),
        type_id=members.id("messageTypeId", is_needed=True),
        sender=members.organisation("senderOrganizationId"),
        application=members.id("senderApplicationId"),
        is_visible=members.flag("visible", "isVisible"),
        is_body_main=members.flag("bodyMainContent", "isBodyMainContent") or False,
        has_payment=bool(payment),
        due_on=day_here(due) if due else None,
        attachments=tuple(_attachments(members, read_file, most_files)),
        has_more_attachments=members.has_over("attachments", most_files),
    )


def _is_registered(members: Members) -> bool:
    """Tell whether it is registered mail. A value that cannot be read counts as yes, so that its page asks first."""
    value = members.value_of("registeredMail", "isRegisteredMail")
    is_registered = members.flag("registeredMail", "isRegisteredMail", is_needed=True)
    return value is not None if is_registered is None else is_registered


def _attachments(members: Members, read_file: _ReadFile, most: int) -> list[EboxAttachment]:
    found: dict[str, EboxAttachment] = {}
    for item in members.items("attachments", most):
        one = members.below("attachments", item)
        id_ = one.id("attachmentId", is_needed=True)
        if not id_ or id_ in found:
            if id_:
                one.misses("attachmentId")
            continue
        found[id_] = read_file(one, id_)
    return list(found.values())


def _file(members: Members, id_: str) -> EboxAttachment:
    file = EboxAttachment(
        id_,
        members.texts("attachmentTitle"),
        members.line("fileName"),
        members.line("mediaType", MOST_MEDIA_TYPE).lower(),
        is_main=members.flag("mainContent", "isMainContent", is_needed=True) or False,
        size_kb=members.number("size"),
        digest=members.digest("digest"),
        is_signed=members.flag("attachmentSigned", "isAttachmentSigned") or False,
    )
    members.value_of(*_LEFT_OUT_OF_FILE)
    members.strangers()
    return file


def _names_of_file(members: Members, id_: str) -> EboxAttachment:
    """Read what a list needs of a file: it counts them, and is searched by their names."""
    return EboxAttachment(id_, members.texts("attachmentTitle"), members.line("fileName"))


def _business_data(members: Members) -> Iterator[BusinessDatum]:
    for item in members.items("businessDataList", MOST_BUSINESS_DATA):
        one = members.below("businessDataList", item)
        key = one.line("key")
        names, descriptions = one.texts("name"), one.texts("description")
        several = [one.below("values", {"value": value}) for value in one.items("values", MOST_VALUES)]
        values = tuple(value for each in several if (value := each.texts("value", is_needed=True)))
        if values:
            yield BusinessDatum(names or {"nl": key}, values, descriptions)
        one.value_of(*_LEFT_OUT_OF_DATUM)
        one.strangers()


def _references(members: Members) -> dict[str, str]:
    """Read the reference of a payment: a text, or one per language. The API only says that it is an object."""
    value = members.value_of("reference")
    if type(value) is int and 0 <= value < 10**30:
        value = str(value)
    if isinstance(value, str):
        text = outside_text.line_of(value, MOST_REFERENCE)
        return {"": text} if text else {}
    found = members.below("reference", value) if value is not None else None
    texts = {language: found.line(language, MOST_REFERENCE) for language in LANGUAGES} if found else {}
    if found:
        found.strangers()
    return {language: text for language, text in texts.items() if text}
