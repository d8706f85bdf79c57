"""Look at somebody's dossiers: asked live, written down and kept as everything that bodies say."""

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
from .reported.types import ReportedToCitizen
from .rules import DossierCard
from .types import LOOK, Dossier

FRESH = timedelta(seconds=60)  # for which an answer that the session kept is taken to be live still
LIVE = timedelta(0)
LENT_SECONDS = 2.0  # that the page waits for what other features lend to its list
REPORTED_SECONDS = 2.0  # that it waits for what bodies reported
SEEN_SECONDS = 1.0  # that it waits for what was marked as seen
MANY = 50  # dossiers that are arranged at once; more are beside the loop

log = logging.getLogger("portal.dossiers")


async def look(request: SignedInRequest, *, fresh: timedelta | None = FRESH) -> DossierOutcome:
    """Ask for the citizen's dossiers, or take what the session kept of them; trouble comes back as a value.

    fresh: how old what was kept may be, None for any age, LIVE for none at all.
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


class Looked(NamedTuple):
    """The cards of a page. is_whole: what was reported was read, all of it."""

    cards: list[DossierCard]
    is_whole: bool

    @property
    def has_reported(self) -> bool:
        """Tell whether some were only reported."""
        return any(card.reported_at for card in self.cards)


async def cards(request: SignedInRequest, outcome: DossierOutcome) -> list[DossierCard]:
    """Make the cards of all dossiers of an answer, and of those that were only reported."""
    return (await overview_of(request, outcome)).cards


async def overview_of(request: SignedInRequest, outcome: DossierOutcome) -> Looked:
    """Make the same cards, and tell whether what was reported could be read."""
    told = await _read_reported(request)
    withheld = outcome.value.withheld if isinstance(outcome, Ready | Partial) else ()
    together = combining.combine(dossiers_in(outcome), told.found, withheld)
    found, today = together.dossiers, timezone.localdate()
    seen = await _find_seen(request, [one for one in found if rules.is_recent(one, today)])

    def made() -> list[DossierCard]:
        return rules.cards_of(
            found,
            name_of=name_of,
            handle_of=lambda identity: sessions.item_handle(request.session, identity),
            seen=lambda dossier: rules.state_of(dossier) in seen,
            reported_at=lambda identity: one.at if (one := together.reported.get(identity)) else None,
            today=today,
        )

    return Looked(await beside.run(len(found) > MANY, made), told.is_whole)


async def _read_reported(request: SignedInRequest) -> ReportedToCitizen:
    """Read what bodies reported; where that cannot be read, pages say so."""
    try:
        async with asyncio.timeout(REPORTED_SECONDS):
            return await reported.reported_to(request.occasion)
    except Exception as error:
        log.error("reports not read: %s %s", type(error).__name__, request.correlation_id)
        return ReportedToCitizen((), is_whole=False)


async def _find_seen(request: SignedInRequest, recent: Sequence[Dossier]) -> frozenset[bytes]:
    """Find which were marked as seen; where that cannot be read, all that is recent is shown as new."""
    try:
        async with asyncio.timeout(SEEN_SECONDS):
            return await queries.seen_of(request.session.citizen_id, recent)
    except Exception as error:
        log.error("marks not read: %s %s", type(error).__name__, request.correlation_id)
        return frozenset()


def name_of(source: str) -> str:
    """Name the body of a `Bron`; a stranger goes by the name that it gave itself."""
    agency = section.body_of(source)
    return agency.words.short if agency else source or _("dienst niet vermeld")


def mention_of(origin: str) -> str:
    """Name whose part of an answer is missing, in the middle of a sentence."""
    agency = section.body_of(origin) or section.answering()
    return agency.words.mention if agency else origin


async def borrow(request: SignedInRequest) -> tuple[Sequence[LoanLine], bool]:
    """Gather what other features lend to the list, and tell whether all of it came."""
    found: list[LoanLine] = []
    is_whole = True
    for loan in installed.loans_to("dossiers"):
        try:
            async with asyncio.timeout(LENT_SECONDS):
                found += await loan.lines(request.occasion)
        except Exception as error:
            log.error("lines not lent: %s %s", type(error).__name__, request.correlation_id)
            is_whole = False
    return sorted(found, key=lambda line: line.since, reverse=True), is_whole
