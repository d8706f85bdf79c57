"""What every body's folder keeps, wherever it stands: the walls around its code, and nothing that is not read."""

import ast
from collections.abc import Iterator

import pytest

from portal.platform.sources.connecting.samples import facts_file

from .samples import ENTRIES, INSTALLED, JSON_ENTRIES, answers_of

MAY_IMPORT = ("portal.platform.sources.reading", "portal.platform.kit")
body = pytest.mark.parametrize("agency", INSTALLED.agencies, ids=lambda agency: agency.id)


def imported(agency) -> Iterator[tuple[str, str]]:
    """Give what each file of a body imports; what it imports of itself begins with a dot or its own name."""
    for file in sorted(agency.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.name, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield file.name, node.module or ""


@body
def test_code_imports_the_reading_room_and_kit_only(agency):
    own = f"agencies.{agency.id}"
    foreign = [
        (file, name)
        for file, name in imported(agency)
        if name.split(".")[0] in ("portal", "agencies", "sandbox", "deploy", "benchmarks", "tests", "django")
        and not name.startswith((own, *MAY_IMPORT))
    ]
    assert foreign == []


@body
def test_folder_says_what_the_body_is(agency):
    text = (agency.folder / "__init__.py").read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))


@body
def test_every_file_of_facts_has_its_sample(agency):
    entries = [entry for entry in (*ENTRIES, *JSON_ENTRIES) if entry.agency.id == agency.id]
    approved = {facts_file(file, entry) for entry in entries for file in answers_of(entry)}
    assert set((agency.folder / "samples").rglob("*.facts.json")) == approved
