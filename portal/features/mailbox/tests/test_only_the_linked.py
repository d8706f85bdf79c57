"""Whoever has not linked their eBox is asked for nowhere: each view that can ask a provider looks at it first."""

import ast
from pathlib import Path

import pytest

from portal.features import mailbox

ASKING = {
    "looking",
    "inquiries",
    "files",
    "changing",
    "hiding_many",
    "files_as_zip",
    "arriving",
}  # modules by which a provider is reached
ROOM = Path(mailbox.__file__).parent


def imported(tree: ast.Module) -> set[str]:
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


def guards_of(view: ast.AsyncFunctionDef) -> list[str]:
    return [ast.unparse(guard) for guard in view.decorator_list]


@pytest.mark.security
def test_every_view_that_can_ask_a_provider_is_for_the_linked_alone():
    open_views, seen = [], 0
    for file in ROOM.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        if not imported(tree) & ASKING:
            continue
        views = [one for one in tree.body if isinstance(one, ast.AsyncFunctionDef) and one.decorator_list]
        for view in views:
            guards = guards_of(view)
            is_view = any("signed_in" in guard or "anyone" in guard for guard in guards)
            seen += is_view
            if is_view and "linked" not in guards:
                open_views.append(f"{file.name}: {view.name}")
    assert open_views == []
    assert seen >= 6
