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


def first_difference(now: dict[str, Any], approved: dict[str, Any]) -> str:
    """Tell the first difference between an outcome now and the approved one, both as `samples.describe_outcome`.

    It is "" when there is none.
    """
    if now == approved:
        return ""
    if now["outcome"] != approved.get("outcome"):
        return f"is read as {_outcome(now)}; approved is {_outcome(approved)}"
    if now.get("missing") != approved.get("missing"):
        return f"lacks {_missing(now)}; approved is {_missing(approved)}"
    return _first_fact(now.get("facts", []), approved.get("facts", [])) or f"is read as {_outcome(now)} otherwise"


def _first_fact(now: Sequence[Sequence[Any]], approved: Sequence[Sequence[Any]]) -> str:
    for n, (new, old) in enumerate(zip(now, approved, strict=False), 1):
        if new == old:
            continue
        columns = [column for column in range(len(COLUMNS)) if new[column] != old[column]]
        if len(columns) == 1:
            (column,) = columns
            where = mask(f"{new[1]}, {new[4]}")
            return (
                f'fact {n} ({where}): {COLUMNS[column]} is "{mask(new[column])}"; approved is "{mask(old[column])}"'
            )
        return f"fact {n} is {fact_in_short(new)}; approved is {fact_in_short(old)}"
    if len(now) > len(approved):
        return f"fact {len(approved) + 1} is not approved: {fact_in_short(now[len(approved)])}"
    if len(approved) > len(now):
        return f"fact {len(now) + 1} is approved, and is not read any more: {fact_in_short(approved[len(now)])}"
    return ""


def _outcome(record: dict[str, Any]) -> str:
    details = [str(record[name]) for name in ("reason", "detail") if record.get(name)]
    return f"{record.get('outcome', 'nothing that is known')} {': '.join(details)}".strip()


def _missing(record: dict[str, Any]) -> str:
    parts = [" ".join(part) for part in record.get("missing", [])]
    return some(parts) or "nothing"
