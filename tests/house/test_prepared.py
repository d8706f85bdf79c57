"""What is prepared for everyone alike knows nothing of who reads it: an entry, and words from closed lists."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from jinja2 import Environment, meta, nodes

TEMPLATES = sorted(Path("portal").rglob("templates/**/*.html"))
ENTRIES = {"entry", "tile.entry", "one.entry"}
# How a page shows a dataset, and what came of asking for it: a few words each.
CLOSED = {"depth", "level", "theme", "tile.is_about_child", "tile.name"}
# What is prepared by a module, and the words that it gives.
BY_MODULE = {"themes/tile_empty.html": set[str](), "themes/tile_vacant.html": {"depth"}}
# Different each time that a page asks for it.
OF_A_PAGE = {"new_form_key"}


def environment() -> Environment:
    return next(iter(engines.all())).env


def dotted_name(given: nodes.Expr) -> str:
    """Write an expression as a template does, if it is a name or an attribute of one."""
    if isinstance(given, nodes.Getattr):
        return f"{dotted_name(given.node)}.{given.attr}"
    return given.name if isinstance(given, nodes.Name) else "?"


def calls() -> Iterator[tuple[Path, nodes.Call]]:
    """Give every place where a template has another one prepared."""
    for file in TEMPLATES:
        for call in environment().parse(file.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "prepared":
                yield file, call


def prepared_templates() -> set[str]:
    return {str(call.args[0].as_const()) for _, call in calls()} | BY_MODULE.keys()


def test_whoever_has_a_template_prepared_gives_it_an_entry_and_words_of_closed_lists() -> None:
    found = list(calls())
    for file, call in found:
        name, entry = call.args
        assert dotted_name(entry) in ENTRIES, file
        # A template belongs to the feature that renders it, or to `ui`.
        assert str(name.as_const()).partition("/")[0] in {"ui", file.parent.name}, file
        for word in call.kwargs:
            assert isinstance(word.value, nodes.Const) or dotted_name(word.value) in CLOSED, (file, word.key)
    assert len(found) > 5


@pytest.mark.parametrize("name", sorted(prepared_templates()))
def test_a_prepared_template_knows_nothing_else(name: str) -> None:
    """It includes no other template either, which would see the variables of the one that includes it."""
    env = environment()
    source, _, _ = env.loader.get_source(env, name)
    tree = env.parse(source)
    words = {word.key for _, call in calls() if call.args[0].as_const() == name for word in call.kwargs}
    words |= BY_MODULE.get(name, set())
    unknown = meta.find_undeclared_variables(tree) - env.globals.keys() - words - {"entry"}
    assert unknown == set()
    assert meta.find_undeclared_variables(tree) & OF_A_PAGE == set()
    assert list(meta.find_referenced_templates(tree)) == []
