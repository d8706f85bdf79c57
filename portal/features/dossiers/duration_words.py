"""Say how long dossiers take, from those that bodies reported; pages leave that out where it cannot be read."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import ngettext

from portal.platform.language.numbers import format_number

from . import section, wording
from .reported import durations
from .reported.durations import BodyProduct, ObservedDuration
from .rules import DossierCard, Stand

SECONDS = 1.0  # that a page waits for the counts
WEEK = 7  # days
FEW_DAYS = 14  # fewer are said in days, more in weeks

log = logging.getLogger("portal.dossiers")


class DurationWords(NamedTuple):
    """How long dossiers took, in the language that holds.

    half: the period within which half were done. quarter: the period that a quarter took longer than, "" where that
    says nothing more. dossiers: how many were observed.
    """

    half: str
    quarter: str
    dossiers: str


async def of_card(card: DossierCard) -> DurationWords | None:
    """Say how long the state of a dossier lasts; None for a closed dossier, and where too few were reported."""
    newest, agency = card.newest, section.body_of(card.dossier.source)
    if card.stand is Stand.CLOSED or not agency or not newest.products or not newest.status:
        return None
    state = wording.status_of(newest) or newest.status
    try:
        async with asyncio.timeout(SECONDS):
            duration = await durations.of_state(BodyProduct(agency.id, newest.products[0]), state)
    except Exception as error:
        log.error("durations not read: %s", type(error).__name__)
        return None
    return in_words(duration) if duration else None


async def of_services(services: Iterable[BodyProduct]) -> Mapping[BodyProduct, DurationWords]:
    """Say how long dossiers of services took from their first report to their end; services with too few are left
    out.
    """
    try:
        async with asyncio.timeout(SECONDS):
            observed = await durations.of_whole(services)
    except Exception as error:
        log.error("durations not read: %s", type(error).__name__)
        return {}
    return {service: in_words(duration) for service, duration in observed.items()}


def in_words(duration: ObservedDuration) -> DurationWords:
    """Write a duration in words, rounded so that it stays true: the half up, the quarter down."""
    half, quarter = max(duration.half, 1), duration.quarter
    half = -(-half // WEEK) * WEEK if half >= FEW_DAYS else half
    quarter = quarter // WEEK * WEEK if quarter >= FEW_DAYS else quarter
    return DurationWords(_period(half), _period(quarter) if quarter >= half else "", format_number(duration.dossiers))


def _period(days: int) -> str:
    if days < FEW_DAYS:
        return ngettext("%(count)s dag", "%(count)s dagen", days) % {"count": format_number(days)}
    weeks = days // WEEK
    return ngettext("%(count)s week", "%(count)s weken", weeks) % {"count": format_number(weeks)}
