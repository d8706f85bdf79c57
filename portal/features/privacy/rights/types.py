"""Types of rights: the rights themselves, what a citizen asks, how far that is, and what the desk says of it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import Assurance, SignInMeans
from portal.platform.kit.unprinted import Unprinted

OURSELVES = ""  # the id of a body where a request is for this portal itself


class DataRight(StrEnum):
    """A right of the GDPR; the values stand in addresses of pages and in messages to bodies."""

    INSPECTION = "inzage"
    RECTIFICATION = "verbetering"
    ERASURE = "wissing"
    WITHDRAWAL = "intrekking"
    OBJECTION = "bezwaar"
    RESTRICTION = "beperking"
    PORTABILITY = "overdracht"

    @property
    def label(self) -> str:
        """Name it as a citizen reads it, in Dutch."""
        return str(_LABELS[self])

    @property
    def article(self) -> str:
        """Say which article of the GDPR gives it."""
        return _ARTICLES[self]


_LABELS = {
    DataRight.INSPECTION: _("Uw gegevens inkijken"),
    DataRight.RECTIFICATION: _("Een fout laten verbeteren"),
    DataRight.ERASURE: _("Gegevens laten wissen"),
    DataRight.WITHDRAWAL: _("Een toestemming intrekken"),
    DataRight.OBJECTION: _("Bezwaar maken"),
    DataRight.RESTRICTION: _("Het gebruik van uw gegevens stilleggen"),
    DataRight.PORTABILITY: _("Uw gegevens meenemen"),
}
_ARTICLES = {
    DataRight.INSPECTION: "15",
    DataRight.RECTIFICATION: "16",
    DataRight.ERASURE: "17",
    DataRight.WITHDRAWAL: "7",
    DataRight.OBJECTION: "21",
    DataRight.RESTRICTION: "18",
    DataRight.PORTABILITY: "20",
}


class Ask(Unprinted, frozen=True):
    """What a citizen asks; sealed wherever it is kept. Never printed.

    body: its Dutch name at the time, "" for the portal itself. reply_to: an e-mail address, or "".
    """

    body: str
    about: str
    reply_to: str


class AskErrand(Unprinted, frozen=True):
    """What the worker needs to forward a request. Never printed.

    means, assurance: of the session in which it was asked; None in an errand that an earlier release put.
    """

    insz: str
    name: str
    ask: Ask
    means: SignInMeans | None = None
    assurance: Assurance | None = None


class RequestRecipient(StrEnum):
    """To whom a request was delivered."""

    BODY = "body"
    DESK = "desk"  # of our data protection officer
    CENTRE = "centre"  # the contact centre, when the desk's mailbox refused the mail or gave it back


class ForwardFailure(StrEnum):
    """Why a body did not get a request."""

    REFUSED = "refused"  # its server takes no such mail, or its endpoint no such request
    BOUNCED = "bounced"  # a mail that was taken came back
    UNREACHABLE = "unreachable"  # nobody took it for a week
    NO_ADDRESS = "no_address"  # its manifest has no `[rights]`, or the portal is not connected to it any more
    UNREADABLE = "unreadable"  # it does not open any more, which is our fault: nobody gets it


class Progress(StrEnum):
    """How far a request is."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    HANDED_ON = "handed_on"  # the body could not be reached: our desk has it
    LOST = "lost"  # it does not open any more, so nobody got it
    OVERDUE = "overdue"
    ANSWERED = "answered"
    CLOSED = "closed"  # the citizen says that it is over


class NewsKind(StrEnum):
    """What the desk says of a request."""

    EXTENDED = "extended"
    ANSWERED = "answered"


class News(msgspec.Struct, frozen=True):
    """What the desk said about a request, and when (UTC). text: None when it cannot be opened any more."""

    kind: NewsKind
    at: datetime
    text: str | None


class RequestState(msgspec.Struct, frozen=True):
    """The columns of a request that are not sealed: times in UTC, days in Belgium.

    failed_at: when it was known that the body would not get it. extended_on: the last day of an extended term.
    """

    received_at: datetime
    due_on: date
    extended_on: date | None = None
    attempts: int = 0
    delivered_at: datetime | None = None
    delivered_to: RequestRecipient | None = None
    failed_at: datetime | None = None
    failure: ForwardFailure | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def ends_on(self) -> date:
        """Give the last day of the term as it is now."""
        return self.extended_on or self.due_on


class FollowedRequest(msgspec.Struct, frozen=True):
    """A request as its citizen follows it. ask: None when it cannot be opened any more. news: oldest first."""

    reference: str
    right: DataRight
    body: str
    state: RequestState
    progress: Progress
    ask: Ask | None
    news: Sequence[News] = ()

    @property
    def extension(self) -> News | None:
        """Give why the term was extended, if it was."""
        return next((news for news in self.news if news.kind is NewsKind.EXTENDED), None)

    @property
    def answer(self) -> News | None:
        """Give how the desk says that it was answered, if it does."""
        return next((news for news in self.news if news.kind is NewsKind.ANSWERED), None)
