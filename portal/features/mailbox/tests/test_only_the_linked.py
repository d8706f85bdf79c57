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
OF_DOCUMENT = "acts_on_document"  # a guard that lets in the linked alone, as its own test below says


def imports_of(tree: ast.Module) -> set[str]:
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


def guards_of(view: ast.AsyncFunctionDef) -> list[str]:
    return [ast.unparse(guard) for guard in view.decorator_list]


@pytest.mark.security
def test_every_view_that_can_ask_a_provider_is_for_the_linked_alone():
    open_views, seen = [], 0
    for file in ROOM.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        if not imports_of(tree) & ASKING:
            continue
        views = [one for one in tree.body if isinstance(one, ast.AsyncFunctionDef) and one.decorator_list]
        for view in views:
            guards = guards_of(view)
            is_view = any(guard in one for one in guards for guard in ("signed_in", "anyone", OF_DOCUMENT))
            seen += is_view
            if is_view and not {"needs_link", OF_DOCUMENT} & set(guards):
                open_views.append(f"{file.name}: {view.name}")
    assert open_views == []
    assert seen >= 6


@pytest.mark.security
def test_who_acts_on_a_document_is_signed_in_and_linked():
    tree = ast.parse((ROOM / "letter/acting.py").read_text("utf-8"))
    (guarded,) = [one for one in ast.walk(tree) if isinstance(one, ast.AsyncFunctionDef)]
    assert [one for one in guards_of(guarded) if one in ("signed_in", "needs_link")] == ["signed_in", "needs_link"]
