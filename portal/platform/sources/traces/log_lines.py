"""The lines in the log about asking: one for each consultation, and one for each source in trouble.

A body finds a question in its own log by the reference that the question carried. So the references of all questions
stand in the line of their consultation, and those of a source in trouble in its own line too; and nowhere else.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ..inquiry import Inquiry
from ..reading.outcomes import SAME_AGAIN, Down, Late, Outcome, Partial

# By the name of an inquiry: the references of each question that was sent for it.
type Sent = dict[str, list[list[str]]]

COUNTED = ("ready", "partial", "nothing", "late", "down", "kept", "left")
# Planned outages are logged as information, not as warnings.
ON_PURPOSE = frozenset(("off", "maintenance"))
MOST_PARTS = 5  # reasons for missing parts of one answer

log = logging.getLogger("portal.sources")


def log_consultation(counts: Mapping[str, int], seconds: float, sent: Sent, correlation_id: str) -> None:
    """Log how many inquiries ended in each way (COUNTED), how long it took, and the references of each question."""
    log.info(
        "%s in %.0f ms %s %s",
        " ".join(f"{name} {counts.get(name, 0)}" for name in COUNTED),
        seconds * 1000,
        ",".join(f"{name}={found}" for name in sent if (found := _join(sent, name))) or "-",
        correlation_id,
    )


def log_failure(
    ended: Sequence[tuple[Inquiry[Any, Any], Outcome[Any]]], seconds: float, references: str, correlation_id: str
) -> None:
    """Log the failures of one question, if any: one line for all inquiries that share it and failed alike."""
    names: dict[tuple[int, str], list[str]] = {}
    for inquiry, outcome in ended:
        if level_and_trouble := _trouble(outcome):
            names.setdefault(level_and_trouble, []).append(inquiry.name)
    for (level, trouble), alike in names.items():
        log.log(level, "%s %s %.0f ms %s %s", ",".join(alike), trouble, seconds * 1000, references, correlation_id)


def references_of(sent: Sent, name: str) -> str:
    """List the references of the questions for an inquiry; "-" where none was sent."""
    return _join(sent, name) or "-"


def _join(sent: Sent, name: str) -> str:
    return "+".join(reference for references in sent.get(name, ()) for reference in references)


def _trouble(outcome: Outcome[Any]) -> tuple[int, str] | None:
    """Give the level at which to log a failed outcome, and its text; None for an outcome that did not fail."""
    if isinstance(outcome, Down):
        level = logging.INFO if outcome.reason in ON_PURPOSE else logging.WARNING
        return level, f"down ({_with_detail(outcome.reason, outcome.detail)})"
    if isinstance(outcome, Late):
        return logging.WARNING, "late"
    if isinstance(outcome, Partial):
        parts = {_with_detail(it.reason, it.code): None for it in outcome.missing if it.reason not in SAME_AGAIN}
        return (logging.WARNING, f"partial ({', '.join(list(parts)[:MOST_PARTS])})") if parts else None
    return None


def _with_detail(reason: str, detail: str) -> str:
    return f"{reason}: {detail}" if detail else reason
