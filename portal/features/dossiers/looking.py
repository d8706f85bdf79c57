"""Look up somebody's dossiers: ask the body that answers for all bodies, and add what bodies reported.

The question is journalled, and its answer kept for the session, as every question of `sources`.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.feature import installed
from portal.platform.feature.types import LoanLine
from portal.platform.sources import asking, beside
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Down, Partial, Ready

from . import inquiries, queries, rules, section
from .inquiries import DossierOutcome
from .reported import combining
from .reported import queries as reported
from .reported.combining import CombinedDossiers
from .reported.types import ReportedToCitizen
from .rules import DossierCard
from .types import LOOK, Dossier

FRESH = timedelta(seconds=60)  # for which an answer that the session kept counts as live
LIVE = timedelta(0)
LENT_SECONDS = 2.0  # that the page waits for each loan of another feature
REPORTED_SECONDS = 2.0  # that the page waits for what bodies reported
SEEN_SECONDS = 1.0  # that the page waits for what was marked as seen

log = logging.getLogger("portal.dossiers")


async def look(request: SignedInRequest, *, fresh: timedelta | None = FRESH) -> DossierOutcome:
    """Ask for the citizen's dossiers, or take the answer that the session kept; trouble comes back as a value.

    fresh: how old the kept answer may be; None for any age, LIVE to ask in any case.
    """
    inquiry = inquiries.inquiry_about(request.session.identity.insz)
    if inquiry is None:
        return Down("off")
    own = of_oneself(request.session, request.occasion, LOOK)
    again = frozenset((inquiry.name,))
    outcome = await asking.answer(own, inquiry, again=again if fresh == LIVE else frozenset())
    if fresh and outcome.asked_at is not None and request.occasion.now - outcome.asked_at > fresh:
        return await asking.answer(own, inquiry, again=again)
    return outcome


def dossiers_in(outcome: DossierOutcome) -> Sequence[Dossier]:
    """Give the dossiers of an answer, also of one that lacks a part; none where there is no answer."""
    return outcome.value.found if isinstance(outcome, Ready | Partial) else ()


class OverviewCards(NamedTuple):
    """The cards of a page. is_whole: all that was reported to the citizen is among them, or in the live answer."""

    cards: list[DossierCard]
    is_whole: bool

    @property
    def has_reported(self) -> bool:
        """Tell whether some dossiers were only reported, and not among the live answer."""
        return any(card.reported_at for card in self.cards)


async def overview_of(request: SignedInRequest, outcome: DossierOutcome) -> OverviewCards:
    """Make the cards of all dossiers of an answer, and of those that were only reported."""
    reported_to_citizen = await _read_reported(request)
    live, reports, today = dossiers_in(outcome), reported_to_citizen.dossiers, timezone.localdate()
    withheld = outcome.value.withheld if isinstance(outcome, Ready | Partial) else ()

    def combine() -> tuple[CombinedDossiers, list[Dossier]]:
        combined = combining.combine(live, reports, withheld)
        return combined, [dossier for dossier in combined.dossiers if rules.is_recent(dossier, today)]

    combined, recent = await beside.run(len(live) + len(reports) > rules.MANY, combine)
    dossiers, seen = combined.dossiers, await _find_seen(request, recent)

    def make_cards() -> list[DossierCard]:
        return rules.cards_of(
            dossiers,
            name_of=name_of,
            handle_of=lambda identity: sessions.item_handle(request.session, identity),
            seen=lambda dossier: rules.state_of(dossier) in seen,
            reported_at=lambda identity: report.at if (report := combined.reported.get(identity)) else None,
            today=today,
        )

    return OverviewCards(await beside.run(len(dossiers) > rules.MANY, make_cards), reported_to_citizen.is_whole)


async def _read_reported(request: SignedInRequest) -> ReportedToCitizen:
    """Read what bodies reported; where that cannot be read, pages say so."""
    try:
        async with asyncio.timeout(REPORTED_SECONDS):
            return await reported.reported_to(request.occasion)
    except Exception as error:
        log.error("reports not read: %s %s", type(error).__name__, request.correlation_id)
        return ReportedToCitizen((), is_whole=False)


async def _find_seen(request: SignedInRequest, recent: Sequence[Dossier]) -> frozenset[bytes]:
    """Find the states (`rules.state_of`) that were marked as seen; if marks cannot be read, all recent is new."""
    try:
        async with asyncio.timeout(SEEN_SECONDS):
            return await queries.seen_of(request.session.citizen_id, recent)
    except Exception as error:
        log.error("marks not read: %s %s", type(error).__name__, request.correlation_id)
        return frozenset()


def name_of(source: str) -> str:
    """Name the body of a `Bron` in the language that holds; for an unknown source give the `Bron` itself."""
    agency = section.body_of(source)
    return agency.words.short if agency else source or _("dienst niet vermeld")


def mention_of(origin: str) -> str:
    """Name, for use in a sentence, the body whose part of an answer is missing.

    For an origin that no manifest knows that is the body that answers for all. origin: as in `Missing`.
    """
    agency = section.body_of(origin) or section.answering()
    return agency.words.mention if agency else origin


async def borrow(request: SignedInRequest) -> tuple[Sequence[LoanLine], bool]:
    """Gather the lines that other features lend to the list, the newest first; tell whether none failed."""
    lines: list[LoanLine] = []
    is_whole = True
    for loan in installed.loans_to("dossiers"):
        try:
            async with asyncio.timeout(LENT_SECONDS):
                lines += await loan.lines(request.occasion)
        except Exception as error:
            log.error("lines not lent: %s %s", type(error).__name__, request.correlation_id)
            is_whole = False
    return sorted(lines, key=lambda line: line.since, reverse=True), is_whole
