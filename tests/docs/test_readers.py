"""The table of readers and leaves in docs/agencies.md has all of them, and its examples are so."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from portal.platform.sources.reading import json_table, magda_types, table
from portal.platform.sources.reading.table import Leaf
from portal.platform.ui.values import readable

TEXT = (Path(__file__).resolve().parents[2] / "docs/agencies.md").read_text("utf-8")
MODULES = {module.__name__.rpartition(".")[2]: module for module in (table, magda_types, json_table)}


class Row(NamedTuple):
    """A row of the table: how a reader is called, where it is, and an example."""

    name: str
    parameters: list[str]
    module: str
    written: str
    shown: str


def rows() -> Iterator[Row]:
    chapter = TEXT.partition("## Readers and leaves\n")[2].partition("\n## ")[0]
    for line in re.findall(r"^\| `.*$", chapter, re.M):
        call, module, _, example = (cell.strip() for cell in line.strip("|").split("|"))
        name, given = re.fullmatch(r"`(\w+)\((.*)\)`", call).groups()
        written, _, after = example.partition(" → ")
        yield Row(name, given.split(", "), module.strip("`"), written.strip("`"), after)


def readers() -> Iterator[tuple[str, str, list[str]]]:
    """Give every public function that makes a row: its module, name and parameters."""
    for place, module in MODULES.items():
        for name, one in vars(module).items():
            is_own = inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_")
            if is_own and inspect.signature(one).return_annotation in (Leaf, table.Reader, json_table.Reader):
                yield place, name, list(inspect.signature(one).parameters)


def test_every_reader_stands_in_the_table_and_no_other():
    assert {(row.module, row.name, *row.parameters) for row in rows()} == {
        (module, name, *parameters) for module, name, parameters in readers()
    }


@pytest.mark.parametrize("row", [row for row in rows() if row.written], ids=lambda row: row.name)
def test_an_example_is_so(row):
    facts = []
    more = [{}] if "known" in row.parameters else []
    getattr(MODULES[row.module], row.name)("key", "Label", *more).show(row.written, "A", facts)
    assert [readable(fact.value, fact.kind) for fact in facts] == [row.shown]


def test_every_leaf_has_an_example():
    leaves = {
        name
        for place, name, _ in readers()
        if inspect.signature(vars(MODULES[place])[name]).return_annotation is Leaf
    }
    assert {row.name for row in rows() if row.written} == leaves
