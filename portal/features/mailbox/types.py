"""The nouns of the mailbox, as the Message Registry of the eBox knows them (contract, v2.1 and v3)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# Why it is asked, as the journal and its register say it.
LIST = Purpose("list own mailbox messages", _("U bekijkt welke documenten in uw eBox staan."))
READ = Purpose("read own mailbox message", _("U opent een document in uw eBox."))
CONSENTS = Purpose("look at own mailbox consents", _("U bekijkt in welke toepassingen uw eBox gekoppeld is."))
TELL = Purpose("tell own mailbox consent", _("U koppelt of ontkoppelt uw eBox: wij zeggen dat aan de eBox."))
DEATHS = Purpose(
    "ask whether who linked their mailbox died",
    _("Wij gaan na of wie zijn eBox koppelde, overleden is: dan stopt de koppeling."),
)
CHANGE = Purpose("hide or show own mailbox message", _("U verbergt een document in uw eBox, of toont het weer."))

# How the names of providers' gates and switches begin.
FAMILY = "ebox-"
# The names in them of what is no provider; the federation's list may call nobody so.
FEDERATION = "federation"
EVENTS = "events"
OWN_APPLICATION = "mijn-burgerprofiel"  # this portal, by the federation

# A text by its language (nl, fr, de, en), as providers write it; a language may lack.
type ByLanguage = Mapping[str, str]


class PlannedMaintenance(msgspec.Struct, frozen=True):
    """When a provider announced that it does not answer (UTC); until is exclusive."""

    begin: datetime
    until: datetime


class EboxProvider(msgspec.Struct, frozen=True):
    """Who keeps messages: one line of the federation's list. It is about nobody.

    id: the federation's; it stands in names of sources, so only letters, digits, `.`, `_` and `-`. address: of its
    Message Registry, without a slash at its end; "" where the list's line makes no sense, so that it cannot be asked.
    version: of the API that it speaks ("2.1", "3.0"), "" where that is not said.
    """

    id: str
    names: ByLanguage
    address: str
    version: str
    maintenance: tuple[PlannedMaintenance, ...] = ()

    @property
    def has_order(self) -> bool:
        """Whether it promises its messages newest first, which the API does from version 3 on."""
        major = self.version.partition(".")[0]
        return major.isdecimal() and int(major) >= 3

    @property
    def source(self) -> str:
        """The name of its gate, and of its switch for operators."""
        return f"{FAMILY}{self.id}"


class EboxAttachment(Unprinted, frozen=True):
    """A file of a message, as its provider describes it; what it really is, its bytes say.

    size_kb: as it was said, None if it was not. digest: SHA-256 in base64url, "" where none was given.
    """

    id: str
    titles: ByLanguage
    file_name: str
    media_type: str
    is_main: bool
    size_kb: float | None = None
    digest: str = ""
    is_signed: bool = False


class BusinessDatum(Unprinted, frozen=True):
    """Something that a message says apart from its text, under a name: "Bedrag: 12,50 euro"."""

    names: ByLanguage
    values: tuple[ByLanguage, ...]
    descriptions: ByLanguage


def key_of(provider: str, message_id: str) -> str:
    """Name a message among those of all providers, by its provider's id and its own there."""
    return f"{provider}|{message_id}"


class EboxMessage(Unprinted, frozen=True):
    """A message of a citizen's eBox. Moments are UTC; one without a time zone was read as Belgian time.

    id: the provider's own, which may hold anything. expires_at: None where it makes no sense (then it does not
    expire). is_visible: None where the provider does not say. is_body_main: opening its body is what makes it read.
    due_on: the day in Belgium until which it wants to be paid, None where it is not said.
    sender: the organisation's KBO number; application: of the sender, "" where none is named. business_data: of a
    message that was asked for by itself; in a list it is left out.
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
    business_data: tuple[BusinessDatum, ...] = ()

    @property
    def key(self) -> str:
        """Its name among the messages of all providers (`data-message`)."""
        return key_of(self.provider, self.id)

    @property
    def is_unopened(self) -> bool:
        """Whether it is registered mail that nobody opened yet, which its own page asks for first.

        Its provider counts it as opened with the first look at its main content.
        """
        return self.is_registered and not self.is_read

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it is there no more."""
        return self.expires_at is not None and self.expires_at <= now


class MessageBody(Unprinted, frozen=True):
    """The text of a message by its language, as its provider sent it: HTML or not, neither cut nor cleaned."""

    texts: ByLanguage


class PaymentData(Unprinted, frozen=True):
    """What a message says of an amount to pay; whether it was paid, nobody here knows.

    amount is without VAT: both together are to be paid; None for what could not be read. currency: ISO 4217 ("EUR").
    due_on: a day in Belgium. iban, bic: as they were written, without spaces, unchecked. references: by language;
    under "" one that names none.
    """

    amount: Decimal | None
    vat: Decimal | None
    currency: str
    due_on: date | None
    iban: str
    bic: str = ""
    references: ByLanguage = msgspec.field(default_factory=dict)


class MessagePage(Unprinted, frozen=True):
    """What one provider gave of somebody's messages, newest first: at least as many as were wanted, or all.

    has_more: there are older ones. reached: where those begin (when it was received, id): all up to there were looked
    through; None for the last of those found. is_cut: some that may be among the newest were not read in time. total,
    unread: of the whole eBox there, None where it did not say.
    """

    found: tuple[EboxMessage, ...]
    has_more: bool = False
    reached: tuple[datetime, str] | None = None
    is_cut: bool = False
    total: int | None = None
    unread: int | None = None


class MessagesById(Unprinted, frozen=True):
    """What a provider gave of messages that were asked for by their ids.

    gone: the ids of those that are there no more, as it says itself or by the day on which they expired. unasked:
    of those that could not be asked, about which nobody knows anything.
    """

    found: tuple[EboxMessage, ...] = ()
    gone: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


class MessageQuery(Unprinted, frozen=True):
    """Which messages are wanted of every provider; None or "" leaves something open.

    past: only messages that come after this one in the order of the list: when it was received, provider, id.
    received_from, received_to: days in Belgium (YYYY-MM-DD), both included. expiring_to: the last day on which they
    expire. words: what is looked for; language: in which (nl, fr, de, en).
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
    """An organisation that sends messages, of a provider's reference data. It is about nobody.

    id: its KBO number. contact: its helpdesk for people, as it wrote it. address: of its website, "" for none.
    """

    id: str
    short_names: ByLanguage
    long_names: ByLanguage
    address: str = ""
    contact: str = ""


class MessageType(msgspec.Struct, frozen=True):
    """A kind of letter, of a provider's reference data. It is about nobody."""

    id: str
    names: ByLanguage


class ApplicationConsent(Unprinted, frozen=True):
    """Whether somebody let an application show their eBox, as the federation tells it.

    id: of the application, by the federation. is_given: None where that could not be read. since: UTC, None where
    nobody says.
    """

    id: str
    names: ByLanguage
    is_given: bool | None
    since: datetime | None = None


class EboxLink(Unprinted, frozen=True):
    """That a citizen linked their eBox. consent: the text to which they said yes; since: when (UTC).

    email_id: of the address that they gave with it, which may be gone from their profile since.
    """

    consent: str
    since: datetime
    email_id: UUID


class LinkStanding(Unprinted, frozen=True):
    """How it stands with somebody's link. link: None for none.

    announce_at: None where the federation knows that it is so; else from when on it may be told (UTC).
    """

    link: EboxLink | None
    announce_at: datetime | None = None

    @property
    def is_unannounced(self) -> bool:
        """Whether the federation does not know yet that it stands like this."""
        return self.announce_at is not None
