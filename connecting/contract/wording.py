"""Write the parts of a rule's sentences: facts, differences and lists; national numbers are masked."""

from collections.abc import Sequence
from typing import Any

from ..masking import mask

COLUMNS = ("key", "label", "value", "kind", "path")
MOST_NAMED = 3  # in one sentence


def some(names: Sequence[str]) -> str:
    """Name the first few of many, and count the others."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def fact_in_short(row: Sequence[Any]) -> str:
    """Write a row of approved facts: its label, value, kind and path."""
    _, label, value, kind, path = row
    return mask(f'{label} "{value}" ({kind}, {path})')


def first_difference(now: dict[str, Any], then: dict[str, Any]) -> str:
    """Tell the first difference between an outcome now and the approved one, both as `samples.describe_outcome`.

    It is "" when there is none.
    """
    if now == then:
        return ""
    if now["outcome"] != then.get("outcome"):
        return f"is read as {_outcome(now)}; approved is {_outcome(then)}"
    if now.get("missing") != then.get("missing"):
        return f"lacks {_missing(now)}; approved is {_missing(then)}"
    return _first_fact(now.get("facts", []), then.get("facts", [])) or f"is read as {_outcome(now)} otherwise"


def _first_fact(now: Sequence[Sequence[Any]], then: Sequence[Sequence[Any]]) -> str:
    for n, (new, old) in enumerate(zip(now, then, strict=False), 1):
        if new == old:
            continue
        columns = [at for at in range(len(COLUMNS)) if new[at] != old[at]]
        if len(columns) == 1:
            (at,) = columns
            where = mask(f"{new[1]}, {new[4]}")
            return f'fact {n} ({where}): {COLUMNS[at]} is "{mask(new[at])}"; approved is "{mask(old[at])}"'
        return f"fact {n} is {fact_in_short(new)}; approved is {fact_in_short(old)}"
    if len(now) > len(then):
        return f"fact {len(then) + 1} is not approved: {fact_in_short(now[len(then)])}"
    if len(then) > len(now):
        return f"fact {len(now) + 1} is approved, and is not read any more: {fact_in_short(then[len(now)])}"
    return ""


def _outcome(record: dict[str, Any]) -> str:
    details = [str(record[name]) for name in ("reason", "detail") if record.get(name)]
    return f"{record.get('outcome', 'nothing that is known')} {': '.join(details)}".strip()


def _missing(record: dict[str, Any]) -> str:
    parts = [" ".join(part) for part in record.get("missing", [])]
    return some(parts) or "nothing"
