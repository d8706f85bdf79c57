"""What pages say of an answer about dossiers beside the dossiers themselves: above all, what is missing."""

from datetime import datetime
from typing import Any

from portal.platform.sources import gaps
from portal.platform.sources.reading import outcomes
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import inquiries, looking, section
from .looking import OverviewCards


def name_of(outcome: Outcome[Any]) -> str:
    """Name an outcome as `reading.outcomes` does.

    Where no body answers for all, nothing is asked, so nothing is missing: what was reported is all there can be.
    """
    return outcomes.name_of(outcome) if inquiries.name() else "ready"


def is_whole(outcome: Outcome[Any], overview: OverviewCards) -> bool:
    """Tell whether a page misses nothing: neither of the answer, where there can be one, nor of what was reported."""
    return overview.is_whole and (not inquiries.name() or gaps.is_whole(outcome))


def context_of(outcome: Outcome[Any], now: datetime, overview: OverviewCards) -> dict[str, Any]:
    """Give the part of a template's context that is about the answer: what is missing, hidden, or only reported."""
    agency = section.answering()
    return {
        "outcome": outcome,
        "name": name_of(outcome),
        "is_whole": is_whole(outcome, overview),
        "asked_name": inquiries.name(),
        "mention": agency.words.mention if agency else "",
        "opening": agency.words.opening if agency else "",
        "gaps": gaps.gaps_of(outcome.missing, looking.mention_of) if isinstance(outcome, Partial) else [],
        "hidden": outcome.value.hidden if isinstance(outcome, Ready | Partial) else 0,
        "has_reported": overview.has_reported,
        "is_reported_whole": overview.is_whole,
        "may_ask_again": gaps.may_help_to_ask_again(outcome),
        "now": now,
    }
