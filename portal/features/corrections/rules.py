"""Decisions about reports, without I/O."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from portal.platform.journal.types import Activity
from portal.platform.kit import reference
from portal.platform.language.current import speaking
from portal.platform.language.offer import DUTCH
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import Dataset
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import OFFICIAL, Fact
from portal.platform.sources.reading.outcomes import Outcome, facts_of
from portal.platform.sources.sections import Endpoint
from portal.platform.ui.values import readable

from . import naming, section
from .types import CORRECTION, DeliveryProgress, DisputedDatum, Errand, FollowedReport, PartChoice

ERRAND = b"corrections"  # the purpose of the box that the worker opens (`keys.citizens.errand_box`)
MISSING = "ontbreekt"  # the handle of a datum that is missing
CHILD = "kind"  # the value of `over` in the address of the page for a parent
MOST_A_DAY = 20  # reports of one citizen
LONGEST_SHOULD_BE = 1000  # characters
LONGEST_WHY = 2000
LONGEST_REASON = 2000
LARGEST_NUMBER = 2**53  # a body numbers its statuses below it: beyond it, not every JSON reader is exact
MOST_STATUSES = 50  # of one report
CLOCKS_DIFFER = timedelta(days=1)  # largest difference between a body's clock and ours
KEPT_FOR = timedelta(days=2 * 365)  # after the report, and after its last status
# The time that a worker has to record the end of the last try; after that, pages say that the report failed.
GRACE = timedelta(minutes=15)
RECEIPT = timedelta(minutes=10)  # for which a page is shown as the receipt of a report
# A report that was not tried in time gets so much more time: it must not be lost to an outage of ours.
UNTRIED = timedelta(days=1)
RETENTION = "tot twee jaar na het laatste nieuws over uw melding"
_REFERENCE = reference.pattern(prefix="VB", groups=3, group_size=5)


def new_reference() -> str:
    """Make a reference that people can read out and nobody can guess: 75 random bits."""
    return reference.write(secrets.randbits(75), prefix="VB", groups=3, group_size=5)


def is_reference(text: str) -> bool:
    """Tell whether a text has the form of a reference."""
    return _REFERENCE.fullmatch(text) is not None


def handle_of(fact: Fact) -> str:
    """Give the handle of a fact in the address of the form: its key and path, never its value."""
    return f"{fact.key}:{fact.path}"


def find_datum(outcome: Outcome, handle: str, dataset: Dataset) -> DisputedDatum | None:
    """Find the datum with a handle in an answer, with its words as a page shows them; None where there is none.

    A note, which is a remark about the answer (`facts.Fact`), is no datum. The words are Dutch in every language of
    the page, as the body will read them.
    """
    facts = facts_of(outcome)
    with speaking(DUTCH):
        parts = naming.parts_of(facts, dataset)
        for place, of_part in parts.items():
            for fact in of_part:
                if handle_of(fact) == handle:
                    part = naming.name_of(place, parts, dataset)
                    return DisputedDatum(fact.label, fact.path, readable(fact.value, fact.kind), part)
    return None


def choices_of(facts: Sequence[Fact], dataset: Dataset, part: str = "") -> list[PartChoice]:
    """Group facts for choosing one, by the part they stand in.

    part: the path of the element whose facts can be chosen; "" for all of the answer, as where the answer has no such
    element any more. An element inside an item is named after the item: the certificate of a course by that course.
    """
    parts = naming.parts_of(facts, dataset)
    within = {
        place: [fact for fact in of_part if not part or paths.is_within(fact.path, part)]
        for place, of_part in parts.items()
    }
    chosen = within if any(within.values()) else parts
    return [
        _choice(naming.name_of(place, parts, dataset), _unique(of_part))
        for place, of_part in chosen.items()
        if of_part
    ]


def _choice(name: str, handles: Sequence[tuple[str, Fact]]) -> PartChoice:
    """Make the choice of a part from its handles and facts, those of official kinds (numbers, codes) apart."""
    meaningful = [(handle, fact) for handle, fact in handles if fact.kind not in OFFICIAL]
    return PartChoice(name, meaningful, [(handle, fact) for handle, fact in handles if fact.kind in OFFICIAL])


def _unique(facts: Iterable[Fact]) -> list[tuple[str, Fact]]:
    """Pair each handle with its first fact, which is the one that it names."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(handle_of(fact), fact)
    return list(first.items())


def endpoint_of(entry: DatasetEntry) -> Endpoint | None:
    """Give the endpoint to which reports about a dataset are delivered; None for one without a form."""
    correction = section.of(entry)
    return correction.endpoint if correction else None


def is_in_time(at: datetime, reported_at: datetime, now: datetime) -> bool:
    """Tell whether the time of a status (`at`) is possible: after the report, and not in the future.

    Give or take CLOCKS_DIFFER: `at` is by the body's clock, the other two are by ours.
    """
    return reported_at - CLOCKS_DIFFER <= at <= now + CLOCKS_DIFFER


def activity_of(entry: DatasetEntry) -> Activity:
    """Give the activity of reporting a datum, for the journal and the register of processing."""
    to, dataset = endpoint_of(entry), entry.dataset
    return Activity(
        body=entry.agency.id,
        body_name=entry.agency.manifest.name,
        dataset=dataset.id,
        title=dataset.title,
        purpose=CORRECTION,
        legal_basis=dataset.legal_basis,
        services=(to.path,) if to else (),
        retention=RETENTION,
    )


def message_of(errand: Errand, dataset: str) -> dict[str, object]:
    """Write the message that is delivered to the body (docs/corrections.md). dataset: BODY.DATASET."""
    report = errand.report
    return {
        "kenmerk": errand.reference,
        "gemeld_op": errand.reported_at.isoformat(),
        "persoon": {"insz": errand.insz},
        "gegeven": {
            "dataset": dataset,
            "onderdeel": report.part,
            "naam": report.label,
            "plaats": report.path,
            "getoond": report.shown,
        },
        "moet_zijn": report.should_be,
        "waarom": report.why,
        "antwoord_aan": report.reply_to,
    }


def last_try(until: datetime, attempts: int) -> datetime:
    """Give the time from which no try of a delivery may begin; the page and the worker both use it.

    until: when tries end, as stored with the report. attempts: how many tries were made before that, so far.
    """
    return until if attempts else until + UNTRIED


def progress_of(
    delivered_at: datetime | None,
    failed_at: datetime | None,
    failure: str | None,
    until: datetime,
    attempts: int,
    now: datetime,
) -> tuple[DeliveryProgress, datetime | None]:
    """Give the progress of a delivery, and since when: None for since the report was made.

    The clock decides where no end is stored, as a worker may be down. until, attempts: as in `last_try`; failure: as
    in `failure_of`.
    """
    if delivered_at is not None:
        return DeliveryProgress.DELIVERED, delivered_at
    if failed_at is not None:
        return (DeliveryProgress.REFUSED if failure == "refused" else DeliveryProgress.FAILED), failed_at
    if now > last_try(until, attempts) + GRACE:
        return DeliveryProgress.FAILED, last_try(until, attempts)
    if now > until + GRACE:
        return DeliveryProgress.LATE, None
    return DeliveryProgress.UNDER_WAY, None


def is_just_sent(report: FollowedReport, now: datetime) -> bool:
    """Tell whether its page may be shown as a receipt: it is recent, nothing went wrong, and no status came."""
    is_well = report.way in (DeliveryProgress.UNDER_WAY, DeliveryProgress.DELIVERED) and not report.received_at
    return is_well and now - report.reported_at < RECEIPT


def failure_of(way: DeliveryProgress, failure: str | None, attempts: int) -> str:
    """Give the word for why a report was not delivered; "" when it was, or still may be.

    failure: as the column has it ("refused", "unreachable", "unreadable" or "no_form"; None while no end is stored).
    The word is one of those, or "untried" where no try was made in time.
    """
    if way not in (DeliveryProgress.REFUSED, DeliveryProgress.FAILED):
        return ""
    if failure in (None, "unreachable"):
        return "unreachable" if attempts else "untried"
    return failure


def bound_report(report_id: UUID) -> bytes:
    """Give the additional data that a sealed report is bound to, so that it opens as no other report."""
    return b"corrections_report\0" + report_id.bytes


def bound_errand(report_id: UUID) -> bytes:
    """Give the additional data that a sealed errand is bound to."""
    return b"corrections_delivery\0" + report_id.bytes


def bound_status(report_id: UUID, number: int) -> bytes:
    """Give the additional data that a sealed status is bound to."""
    return b"corrections_status\0" + report_id.bytes + number.to_bytes(8)


def form_purpose(kind: type, entry: DatasetEntry, form_key: UUID) -> bytes:
    """Give the purpose with which a form's contents (`kind`: DisputedDatum or Report) are sealed into it."""
    return b"\0".join((b"corrections", kind.__name__.encode(), entry.name.encode(), form_key.bytes))
