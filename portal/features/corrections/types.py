"""Nouns of corrections: what is reported, how far its delivery is, and what the body says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted
from portal.platform.sources.reading.facts import Fact

# Why a body is asked before a datum can be chosen, as the journal and its register say it.
LOOK = Purpose("look at own data", _("U bekijkt uw eigen gegevens."))
# Why the body gets a report, as the register says it.
CORRECTION = _("Een fout in uw gegevens laten verbeteren.")


@dataclass(frozen=True, slots=True, repr=False)
class PartChoice:
    """What can be chosen of one part: its name (or ""), the handle and fact of each, numbers and codes apart."""

    name: str
    facts: Sequence[tuple[str, Fact]]
    codes: Sequence[tuple[str, Fact]]


class DisputedDatum(Unprinted, frozen=True):
    """A datum as a citizen saw it when they said it is wrong. Never printed.

    path: its place in the answer; "" for what is missing, which has no value either. part: which of several (a
    diploma, a former address) it is of, as a page calls it, or "".
    """

    label: str
    path: str = ""
    value: str = ""
    part: str = ""


class Report(Unprinted, frozen=True):
    """What a citizen reports; sealed wherever it is kept. Never printed.

    dataset, body: their names for people, at the time of the report. path: the fact's place in the answer; "" when
    something is missing. shown: as the page showed it. reply_to: an e-mail address, or "". part: as in Seen.
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
    """What the worker needs to deliver a report, and no more. Never printed."""

    insz: str
    report: Report
    reference: str
    reported_at: datetime


class Code(StrEnum):
    """What a body says of a report; the values are what it sends."""

    RECEIVED = "ontvangen"
    IN_TREATMENT = "in_behandeling"
    CORRECTED = "verbeterd"
    REFUSED = "geweigerd"

    @property
    def label(self) -> str:
        """Name it as a citizen reads it, in Dutch."""
        return str(_LABELS[self])


_LABELS = {
    Code.RECEIVED: _("Ontvangen"),
    Code.IN_TREATMENT: _("In behandeling"),
    Code.CORRECTED: _("Verbeterd"),
    Code.REFUSED: _("Niet verbeterd"),
}


class StatusUpdate(msgspec.Struct, frozen=True):
    """One status that a body sent. number: of the body, orders its statuses; at: by the body's clock (UTC)."""

    number: int
    code: Code
    at: datetime
    reason: str = ""


class DeliveryProgress(StrEnum):
    """How far the delivery is."""

    UNDER_WAY = "under_way"
    LATE = "late"  # not tried in time, by a fault of ours; it is still tried
    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"


class Followed(msgspec.Struct, frozen=True):
    """A report as its citizen follows it. report: None when it cannot be opened any more. statuses: oldest first.

    failure: why it was not delivered, "" when it was or may be; "untried" when it never got as far as the body.
    """

    reference: str
    dataset: str
    reported_at: datetime
    way: DeliveryProgress
    way_at: datetime
    report: Report | None
    statuses: Sequence[StatusUpdate]
    failure: str = ""

    @property
    def current(self) -> StatusUpdate | None:
        """The newest status."""
        return self.statuses[-1] if self.statuses else None

    @property
    def is_lost_on_the_way(self) -> bool:
        """Whether the delivery failed and no status shows that the body has the report after all."""
        return self.way in (DeliveryProgress.REFUSED, DeliveryProgress.FAILED) and not self.statuses


class PushOutcome(StrEnum):
    """What became of a status that a body pushed."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"
    UNKNOWN_REPORT = "unknown_report"
    OUT_OF_TIME = "out_of_time"
    TOO_MANY = "too_many"
