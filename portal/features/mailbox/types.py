"""The nouns of the mailbox, as the Message Registry of the eBox knows them (contract, v2.1 and v3)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# For what purposes providers and the federation are asked, in the words of the journal and its register.
LIST = Purpose("list own mailbox messages", _("U bekijkt welke documenten in uw eBox staan."))
READ = Purpose("read own mailbox message", _("U opent een document in uw eBox."))
CONSENTS = Purpose("look at own mailbox consents", _("U bekijkt in welke toepassingen uw eBox gekoppeld is."))
TELL = Purpose("tell own mailbox consent", _("U koppelt of ontkoppelt uw eBox: wij zeggen dat aan de eBox."))
DEATHS = Purpose(
    "ask whether who linked their mailbox died",
    _("Wij gaan na of wie zijn eBox koppelde, overleden is: dan stopt de koppeling."),
)
CHANGE = Purpose("hide or show own mailbox message", _("U verbergt een document in uw eBox, of toont het weer."))

# The prefix of the names of providers as sources: of their gates, and of the switches that operators have.
FAMILY = "ebox-"
# Source names that stand for no provider, so no provider in the federation's list may have one as its id.
FEDERATION = "federation"
EVENTS = "events"
OWN_APPLICATION = "mijn-burgerprofiel"  # the federation's id of this portal

# A text by the code of its language (nl, fr, de, en), as a provider wrote it. Any language can be absent.
type ByLanguage = Mapping[str, str]


class PlannedMaintenance(msgspec.Struct, frozen=True):
    """A period in which a provider announced that it will not answer (UTC); until is exclusive."""

    begin: datetime
    until: datetime


class EboxProvider(msgspec.Struct, frozen=True):
    """A provider that keeps messages, from the federation's list. No personal data.

    id: given by the federation; part of source names, so only letters, digits, `.`, `_` and `-`. address: base URL of
    its Message Registry, without a slash at the end; "" where the list has no usable one, so it cannot be asked.
    version: of its API ("2.1", "3.0"); "" where the list does not say.
    """

    id: str
    names: ByLanguage
    address: str
    version: str
    maintenance: tuple[PlannedMaintenance, ...] = ()

    @property
    def has_order(self) -> bool:
        """Whether it sorts its messages newest first, which the API promises from version 3 on."""
        major = self.version.partition(".")[0]
        return major.isdecimal() and int(major) >= 3

    @property
    def source(self) -> str:
        """The name of this provider as a source: of its gate, and of its switch for operators."""
        return f"{FAMILY}{self.id}"


class EboxAttachment(Unprinted, frozen=True):
    """A file of a message, as its provider describes it. Its real type is only known from its bytes (`file_kinds`).

    In a list, only its id and its names are read. size_kb: None where it is not given. digest: SHA-256 in base64url,
    "" where none is given. is_main: opening this file makes the message read. is_signed: it holds a signature.
    """

    id: str
    titles: ByLanguage
    file_name: str
    media_type: str = ""
    is_main: bool = False
    size_kb: float | None = None
    digest: str = ""
    is_signed: bool = False


class BusinessDatum(Unprinted, frozen=True):
    """A named value that a message has beside its text, such as "Dossiernummer: 2026/17"."""

    names: ByLanguage
    values: tuple[ByLanguage, ...]
    descriptions: ByLanguage


def key_of(provider: str, message_id: str) -> str:
    """Give the key of a message among those of all providers. message_id: unique within its provider only."""
    return f"{provider}|{message_id}"


class EboxMessage(Unprinted, frozen=True):
    """A message of a citizen's eBox. Moments are UTC; one without a time zone was read as Belgian time.

    id: given by its provider, any characters. expires_at: None where it does not expire, or has no usable moment.
    is_visible: False for a hidden message, None where the provider does not say. is_body_main: opening its body makes
    it read. has_payment: it asks for a payment; due_on: until which day in Belgium, None where that is not given.
    sender: KBO number of the organisation. application: the sender's application, "" where none is given.
    has_more_attachments: it has more of them than were read. business_data: empty in a list, which does not carry it.
    """

    provider: str
    id: str
    subjects: ByLanguage
    received_at: datetime
    expires_at: datetime | None
    is_read: bool
    is_registered: bool
    type_id: str
    sender: str
    application: str = ""
    is_visible: bool | None = None
    is_body_main: bool = False
    has_payment: bool = False
    due_on: date | None = None
    attachments: tuple[EboxAttachment, ...] = ()
    has_more_attachments: bool = False
    business_data: tuple[BusinessDatum, ...] = ()

    @property
    def key(self) -> str:
        """The key of this message among those of all providers; `data-message` in pages."""
        return key_of(self.provider, self.id)

    @property
    def is_unopened(self) -> bool:
        """Whether it is registered mail that is not opened yet.

        Its provider counts it as opened once its main content is asked for, so its page lets the citizen confirm
        first.
        """
        return self.is_registered and not self.is_read

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the message has expired, so that its provider no longer shows it. now: UTC."""
        return self.expires_at is not None and self.expires_at <= now


class MessageBody(Unprinted, frozen=True):
    """The text of a message by language, as its provider sent it: HTML or plain text, neither cut nor cleaned."""

    texts: ByLanguage


class PaymentData(Unprinted, frozen=True):
    """The payment that a message asks for. Whether it was made is not known here.

    amount: without VAT; vat: comes on top of it; each None where it could not be read. currency: ISO 4217 ("EUR").
    due_on: a day in Belgium. iban, bic: as written, without spaces, unchecked. references: by language; under "" a
    reference without a language.
    """

    amount: Decimal | None
    vat: Decimal | None
    currency: str
    due_on: date | None
    iban: str
    bic: str = ""
    references: ByLanguage = msgspec.field(default_factory=dict)


class MessagePage(Unprinted, frozen=True):
    """Messages that one provider gave for a citizen, newest first: at least as many as were wanted, or all.

    has_more: it has older messages. reached: (received at, id) of the oldest message that was looked at, kept or not;
    None where that is the last of `found`. is_cut: messages that may be among the newest were not read in time.
    total, unread: numbers of messages in the citizen's whole eBox there; None where it does not say.
    """

    found: tuple[EboxMessage, ...]
    has_more: bool = False
    reached: tuple[datetime, str] | None = None
    is_cut: bool = False
    total: int | None = None
    unread: int | None = None


class MessagesById(Unprinted, frozen=True):
    """A provider's answer to the question for messages by their ids; each id stands in one of the three.

    gone: ids of messages that the provider says it no longer has, or that expired. unasked: ids that could not be
    asked for, so nothing is known about them.
    """

    found: tuple[EboxMessage, ...] = ()
    gone: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


class MessageQuery(Unprinted, frozen=True):
    """The messages that are wanted of every provider; None or "" sets no condition.

    past: only messages after this place of the list (`list.merging.PlaceInList`): received at, provider, id. wanted:
    how many at most. received_from, received_to: days in Belgium (YYYY-MM-DD), both included. expiring_to: the last
    day on which they expire. words: to be found in them; language: of the words (nl, fr, de, en).
    """

    past: tuple[datetime, str, str] | None = None
    wanted: int = 25
    is_read: bool | None = None
    is_visible: bool | None = True
    is_registered: bool | None = None
    type_id: str = ""
    sender: str = ""
    received_from: str = ""
    received_to: str = ""
    expiring_to: str = ""
    words: str = ""
    language: str = "nl"


class Sender(msgspec.Struct, frozen=True):
    """An organisation that sends messages, from a provider's reference data. No personal data.

    id: its KBO number. contact: how citizens reach its helpdesk, in its own words. address: URL of its website, ""
    for none.
    """

    id: str
    short_names: ByLanguage
    long_names: ByLanguage
    address: str = ""
    contact: str = ""


class MessageType(msgspec.Struct, frozen=True):
    """A kind of letter, such as a tax assessment, from a provider's reference data. No personal data."""

    id: str
    names: ByLanguage


class ApplicationConsent(Unprinted, frozen=True):
    """Whether a citizen lets an application show their eBox, from the federation's register of consents.

    id: given to the application by the federation. is_given: None where that could not be read. since: UTC, None
    where it is not given.
    """

    id: str
    names: ByLanguage
    is_given: bool | None
    since: datetime | None = None


class EboxLink(Unprinted, frozen=True):
    """The link of a citizen with their eBox. consent: name of the text that they agreed to; since: when (UTC).

    email_id: id of the e-mail address that they chose with it, which may have left their profile since.
    """

    consent: str
    since: datetime
    email_id: UUID


class LinkStanding(Unprinted, frozen=True):
    """Whether a citizen has a link, and whether the federation knows of its latest change. link: None for none.

    announce_at: from when on that change may be announced to the federation (UTC); None where it knows.
    """

    link: EboxLink | None
    announce_at: datetime | None = None

    @property
    def is_unannounced(self) -> bool:
        """Whether the federation does not know yet that the link began or ended."""
        return self.announce_at is not None
