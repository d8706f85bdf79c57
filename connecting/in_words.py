"""Write what is read of an answer, for `manage.py parse`: as text for a terminal, or as one flat record."""

from typing import Any, Literal, NamedTuple

from portal.platform.kit import national_number
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, facts_of, name_of

Subject = Literal["checked", "not checked", "mismatch"]
WIDEST = 44  # characters of the column of labels


class FileReading(NamedTuple):
    """Hold what is read of an answer in a file.

    subject: whether it was checked that the answer is about the person asked about; trouble: why nothing is read of
    it, or "".
    """

    file: str
    outcome: Outcome
    subject: Subject
    trouble: str = ""


def record(reading: FileReading) -> dict[str, Any]:
    """Give a reading as one record; `reason` is None unless nothing could be read."""
    outcome = reading.outcome
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    return {
        "file": reading.file,
        "outcome": name_of(outcome),
        "subject": reading.subject,
        "facts": [
            {"key": fact.key, "label": fact.label, "value": value_of(fact), "kind": fact.kind, "path": fact.path}
            for fact in facts_of(outcome)
        ],
        "missing": [{"origin": part.origin, "code": part.code, "reason": part.reason} for part in missing],
        "reason": _reason(reading) or None,
    }


def text(reading: FileReading) -> str:
    """Give a reading as lines of text: a heading for each repeated element, then its facts."""
    outcome = reading.outcome
    facts = facts_of(outcome)
    lines = [f"{reading.file}: {name_of(outcome)}{f', {len(facts)} facts' if facts else ''}"]
    if reason := _reason(reading):
        lines.append(f"  {reason}")
    if facts and reading.subject == "not checked":
        lines.append("  Whom it is about was not checked: name the file after them, or say --about NUMBER.")
    width = min(WIDEST, max((len(fact.label) for fact in facts), default=0))
    element = ""
    for fact in facts:
        parent = fact.path.rpartition("]")[0]
        if parent != element:
            element = parent
            lines.append(f"  {element}]" if element else "  (once)")
        lines.append(f"    {fact.label:<{width}}  {value_of(fact)}   [{fact.key}, {fact.kind}]")
    return "\n".join([*lines, *_missing(outcome)])


def value_of(fact: Fact) -> str:
    """Give a fact's value, with a national number masked."""
    return national_number.mask(fact.value) if fact.kind == "national_number" else fact.value


def _missing(outcome: Outcome) -> list[str]:
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    unread = [part.code for part in missing if part.reason == "unread"]
    others = [f"{part.origin} {part.code}: {part.reason}" for part in missing if part.reason != "unread"]
    lines = ["  Nobody reads (a row in parse.py, or a reason in samples/left_out.toml):"] if unread else []
    lines += [f"    {place}" for place in unread]
    return lines + (["  Missing:", *(f"    {other}" for other in others)] if others else [])


def _reason(reading: FileReading) -> str:
    outcome = reading.outcome
    if not isinstance(outcome, Down):
        return ""
    return f"{outcome.reason}: {reading.trouble or outcome.detail}".rstrip(": ")
