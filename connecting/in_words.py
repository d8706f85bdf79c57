"""What is read of an answer, for whoever connects a body: in words for a terminal, or as one flat record."""

from typing import Any, Literal, NamedTuple

from portal.platform.kit import national_number
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, facts_of, name_of

Subject = Literal["checked", "not checked", "mismatch"]
WIDEST = 44  # characters of a label, before its value begins


class FileReading(NamedTuple):
    """An answer in a file; subject: whether it is about who was asked about. trouble: why nothing was read, or ""."""

    file: str
    outcome: Outcome
    subject: Subject
    trouble: str = ""


def record(read: FileReading) -> dict[str, Any]:
    """Describe an answer in one flat record; `reason` is null unless nothing could be read of it."""
    outcome = read.outcome
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    return {
        "file": read.file,
        "outcome": name_of(outcome),
        "subject": read.subject,
        "facts": [
            {"key": fact.key, "label": fact.label, "value": value_of(fact), "kind": fact.kind, "path": fact.path}
            for fact in facts_of(outcome)
        ],
        "missing": [{"origin": part.origin, "code": part.code, "reason": part.reason} for part in missing],
        "reason": _reason(read) or None,
    }


def text(read: FileReading) -> str:
    """Describe an answer as a page would, line by line: a heading for each element that repeats, then its facts."""
    outcome = read.outcome
    facts = facts_of(outcome)
    lines = [f"{read.file}: {name_of(outcome)}{f', {len(facts)} facts' if facts else ''}"]
    if reason := _reason(read):
        lines.append(f"  {reason}")
    if facts and read.subject == "not checked":
        lines.append("  Whom it is about was not checked: name the file after them, or say --about NUMBER.")
    width = min(WIDEST, max((len(fact.label) for fact in facts), default=0))
    place = ""
    for fact in facts:
        around = fact.path.rpartition("]")[0]
        if around != place:
            place = around
            lines.append(f"  {place}]" if place else "  (once)")
        lines.append(f"    {fact.label:<{width}}  {value_of(fact)}   [{fact.key}, {fact.kind}]")
    return "\n".join([*lines, *_missing(outcome)])


def value_of(fact: Fact) -> str:
    """Write a value as it was read; a national number is masked here too."""
    return national_number.mask(fact.value) if fact.kind == "national_number" else fact.value


def _missing(outcome: Outcome) -> list[str]:
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    unread = [part.code for part in missing if part.reason == "unread"]
    others = [f"{part.origin} {part.code}: {part.reason}" for part in missing if part.reason != "unread"]
    lines = ["  Nobody reads (a row in parse.py, or a reason in samples/left_out.toml):"] if unread else []
    lines += [f"    {place}" for place in unread]
    return lines + (["  Missing:", *(f"    {other}" for other in others)] if others else [])


def _reason(read: FileReading) -> str:
    outcome = read.outcome
    if not isinstance(outcome, Down):
        return ""
    return f"{outcome.reason}: {read.trouble or outcome.detail}".rstrip(": ")
