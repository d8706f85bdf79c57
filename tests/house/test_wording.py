"""How code names its functions and types, and why it passes over a check."""

import ast
import re
from collections import defaultdict

import pytest

from .test_walls import PYTHON, ROOT

# A check that is passed over: by ruff or by mypy, with a code each.
PASSED_OVER = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
WITH_REASON = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - |type: ignore\[[a-z-]+\]  # )\w+")

# Names of functions that say neither what they do nor what they give.
PARTICIPLE = re.compile(r"^\s*(?:async )?def (_*(?:told|said|asked|shown))\b", re.MULTILINE)

# Types that are the same thing in two rooms: what a body is answered, what became of what was sent, and an
# address that post goes to.
SAME_ELSEWHERE = {"Accepted", "Delivery", "PostalAddress"}


def rooms_of_types() -> dict[str, set[str]]:
    """Give the rooms in which each type stands; a table and what is read of it are one thing of one room."""
    rooms = defaultdict(set)
    for file in PYTHON:
        path = file.relative_to(ROOT)
        if path.parts[0] not in ("portal", "connecting", "agencies") or {"tests", "commands", "migrations"} & set(
            path.parts
        ):
            continue
        room = "/".join(path.parts[:3])
        for node in ast.parse(file.read_text("utf-8")).body:
            name = getattr(node, "name", None)
            if isinstance(node, ast.TypeAlias):
                name = node.name.id
            if isinstance(node, ast.ClassDef | ast.TypeAlias) and not name.startswith("_"):
                is_table = path.name == "models.py"
                rooms[name].add(room if is_table else f"{room} {path.stem}")
    return rooms


def without_reason(text: str) -> list[str]:
    """List the lines that pass over a check and do not say why."""
    return [line for line in text.splitlines() if PASSED_OVER.search(line) and not WITH_REASON.search(line)]


def test_whoever_passes_over_a_check_says_why():
    silent = {str(file.relative_to(ROOT)): without_reason(file.read_text("utf-8")) for file in PYTHON}
    del silent["tests/house/test_wording.py"]
    assert {file: lines for file, lines in silent.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "is_silent"),
    [
        ("assert key  # noqa: S101 - made above", False),
        ("assert key  # noqa: S101", True),
        ("assert key  # noqa", True),
        ("connect = ours  # type: ignore[method-assign]  # narrower", False),
        ("connect = ours  # type: ignore[method-assign]", True),
        ("connect = ours  # type:ignore", True),
        ("# It is ignored", False),
    ],
)
def test_a_check_passed_over_without_a_word_is_seen(line: str, is_silent: bool):
    assert bool(without_reason(line)) is is_silent


def test_functions_are_named_for_what_they_do_or_give():
    named = [
        f"{file.relative_to(ROOT)}: {name}" for file in PYTHON for name in PARTICIPLE.findall(file.read_text("utf-8"))
    ]
    assert named == []


def test_a_name_of_a_type_means_one_thing():
    twice = {}
    for name, places in rooms_of_types().items():
        tables = {place for place in places if " " not in place}
        others = {place for place in places if " " in place and place.split()[0] not in tables}
        if len(tables) + len(others) > 1 and name not in SAME_ELSEWHERE:
            twice[name] = sorted(places)
    assert twice == {}
