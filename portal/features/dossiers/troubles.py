"""What is missing of an answer about dossiers, in the order in which a page says it."""

from datetime import datetime
from typing import Any

from portal.platform.sources import gaps
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready, name_of

from . import inquiries, looking, section
from .looking import Looked


def context_of(outcome: Outcome[Any], now: datetime, looked: Looked) -> dict[str, Any]:
    """Give what the templates say of an outcome beside its dossiers."""
    agency = section.answering()
    return {
        "outcome": outcome,
        "name": name_of(outcome),
        "asked_name": inquiries.name(),
        "mention": agency.words.mention if agency else "",
        "opening": agency.words.opening if agency else "",
        "gaps": gaps.gaps_of(outcome.missing, looking.mention_of) if isinstance(outcome, Partial) else [],
        "hidden": outcome.value.hidden if isinstance(outcome, Ready | Partial) else 0,
        "has_reported": looked.has_reported,
        "is_reported_whole": looked.is_whole,
        "may_ask_again": gaps.may_help_to_ask_again(outcome),
        "now": now,
    }
