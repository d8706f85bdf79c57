"""Types of corrections: what is reported, how far its delivery is, and what the body says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted
from portal.platform.sources.reading.facts import Fact

# Why a body is asked for the data that a citizen chooses from, in the journal and the register of processing.
LOOK = Purpose("look at own data", _("U bekijkt uw eigen gegevens."))
# Why a body gets a report, in the journal and the register of processing.
CORRECTION = _("Een fout in uw gegevens laten verbeteren.")


@dataclass(frozen=True, slots=True, repr=False)
class PartChoice:
    """The facts of one part of an answer, to choose one from, each with its handle.

    name: of the part, or "". codes: the facts of official kinds (numbers, codes).
    """

    name: str
    facts: Sequence[tuple[str, Fact]]
    codes: Sequence[tuple[str, Fact]]


class DisputedDatum(Unprinted, frozen=True):
    """A datum as a citizen saw it when they said it is wrong. Never printed.

    path: its place in the answer; "" for what is missing, which has no value either. part: which of several it
    belongs to (a diploma, a former address), as a page names it, or "".
    """

    label: str
    path: str = ""
    value: str = ""
    part: str = ""


class Report(Unprinted, frozen=True):
    """What a citizen reports; sealed wherever it is kept. Never printed.

    dataset, body: their names for people, at the time of the report. path: the fact's place in the answer; "" when
    something is missing. shown: as the page showed it. reply_to: an e-mail address, or "". part: as in DisputedDatum.
    """

    dataset: str
    body: str
    label: str
    path: str
    shown: str
    should_be: str
    why: str
    reply_to: str
    part: str = ""


class Errand(Unprinted, frozen=True):
    """What the worker needs to deliver a report. Never printed."""

    insz: str
    report: Report
    reference: str
    reported_at: datetime


class StatusCode(StrEnum):
    """What a body says of a report; the values are those of the API (docs/corrections.md)."""

    RECEIVED = "ontvangen"
    IN_TREATMENT = "in_behandeling"
    CORRECTED = "verbeterd"
    REFUSED = "geweigerd"

    @property
    def label(self) -> str:
        """Name it as a citizen reads it, in Dutch."""
        return str(_LABELS[self])


_LABELS = {
    StatusCode.RECEIVED: _("Ontvangen"),
    StatusCode.IN_TREATMENT: _("In behandeling"),
    StatusCode.CORRECTED: _("Verbeterd"),
    StatusCode.REFUSED: _("Niet verbeterd"),
}


class StatusUpdate(msgspec.Struct, frozen=True):
    """A status that a body sent. number: the body's own, which orders its statuses. at: by the body's clock (UTC).

    Whether it was sent before is seen by a hash of its JSON: were a field added, one sent again would contradict.
    """

    number: int
    code: StatusCode
    at: datetime
    reason: str = ""


class DeliveryProgress(StrEnum):
    """How far the delivery of a report is."""

    UNDER_WAY = "under_way"
    LATE = "late"  # it was not tried in time, which is our fault; it is tried for another day
    DELIVERED = "delivered"
    REFUSED = "refused"  # the body said that it takes no such report
    FAILED = "failed"


class FollowedReport(msgspec.Struct, frozen=True):
    """A report as its citizen follows it. report: None when it cannot be opened any more. statuses: oldest first.

    unreadable: the numbers of statuses that cannot be opened any more, in order.

    dataset: BODY.DATASET. way, way_at: the progress of its delivery, and since when. failure: why it was not
    delivered (`rules.failure_of`): "refused", "unreachable", "unreadable", "no_form", or "untried" where no try was
    made in time; "" when it was delivered, or still may be. received_at: when its newest status came, by our clock;
    None without any.
    """

    reference: str
    dataset: str
    reported_at: datetime
    way: DeliveryProgress
    way_at: datetime
    report: Report | None
    statuses: Sequence[StatusUpdate]
    failure: str = ""
    received_at: datetime | None = None
    unreadable: Sequence[int] = ()

    @property
    def is_newest_unreadable(self) -> bool:
        """Tell whether its newest status cannot be opened any more."""
        return bool(self.unreadable) and (not self.statuses or self.unreadable[-1] > self.statuses[-1].number)

    @property
    def current(self) -> StatusUpdate | None:
        """Give the newest status; None without any, or where it cannot be opened any more."""
        return self.statuses[-1] if self.statuses and not self.is_newest_unreadable else None

    @property
    def is_lost_on_the_way(self) -> bool:
        """Tell whether delivery failed, and no status shows that the body has the report after all."""
        is_there = bool(self.statuses or self.unreadable)
        return self.way in (DeliveryProgress.REFUSED, DeliveryProgress.FAILED) and not is_there


class PushOutcome(StrEnum):
    """What was done with a status that a body sent; only NEW was kept.

    KNOWN, CONTRADICTS: its number was sent before, with the same content or another. UNKNOWN_REPORT: this body has no
    such report. OUT_OF_TIME: its `at` is before the report or in the future. TOO_MANY: the report has as many as it
    may (`rules.MOST_STATUSES`).
    """

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"
    UNKNOWN_REPORT = "unknown_report"
    OUT_OF_TIME = "out_of_time"
    TOO_MANY = "too_many"
