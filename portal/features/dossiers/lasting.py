"""How long it takes, in words: an observation of dossiers that bodies reported, left out where it cannot be read."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import ngettext

from portal.platform.language.numbers import counted

from . import section, wording
from .reported import durations
from .reported.durations import BodyProduct, ObservedDuration
from .rules import DossierCard, Stand

SECONDS = 1.0  # that a page waits for it
WEEK = 7  # days
FEW_DAYS = 14  # from which on weeks say enough

log = logging.getLogger("portal.dossiers")


class Lasting(NamedTuple):
    """How long it took, in words of the language that holds: half were done within, a quarter took longer than.

    quarter: "" where it says nothing more. dossiers: of how many.
    """

    half: str
    quarter: str
    dossiers: str


async def of_card(card: DossierCard) -> Lasting | None:
    """Say how long the state of a dossier lasts; None of one that is closed, and where too few were reported."""
    newest, agency = card.newest, section.body_of(card.dossier.source)
    if card.stand is Stand.CLOSED or not agency or not newest.products or not newest.status:
        return None
    state = wording.status_of(newest) or newest.status
    try:
        async with asyncio.timeout(SECONDS):
            found = await durations.of_state(BodyProduct(agency.id, newest.products[0]), state)
    except Exception as error:
        log.error("durations not read: %s", type(error).__name__)
        return None
    return in_words(found) if found else None


async def of_services(services: Iterable[BodyProduct]) -> Mapping[BodyProduct, Lasting]:
    """Say how long dossiers of services took from first to last; too few reports leave one out."""
    try:
        async with asyncio.timeout(SECONDS):
            found = await durations.of_whole(services)
    except Exception as error:
        log.error("durations not read: %s", type(error).__name__)
        return {}
    return {service: in_words(duration) for service, duration in found.items()}


def in_words(duration: ObservedDuration) -> Lasting:
    """Write it so that it holds: the half within what is rounded up, the quarter longer than what is rounded down."""
    half, quarter = max(duration.half, 1), duration.quarter
    half = -(-half // WEEK) * WEEK if half >= FEW_DAYS else half
    quarter = quarter // WEEK * WEEK if quarter >= FEW_DAYS else quarter
    return Lasting(_period(half), _period(quarter) if quarter >= half else "", counted(duration.dossiers))


def _period(days: int) -> str:
    if days < FEW_DAYS:
        return ngettext("%(count)s dag", "%(count)s dagen", days) % {"count": counted(days)}
    weeks = days // WEEK
    return ngettext("%(count)s week", "%(count)s weken", weeks) % {"count": counted(weeks)}
