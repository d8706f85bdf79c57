"""The walls that import-linter cannot see."""

import ast
import graphlib
import re
import subprocess
import tomllib
from pathlib import Path

import grimp
import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400  # lines
OURS = ("portal", "agencies", "connecting", "sandbox", "deploy", "benchmarks", "tests")
VAGUE = {"utils", "helpers", "common", "misc", "manager", "base", "core", "services", "constants"}
MAY_IMPORT = ("portal.platform.sources.reading", "portal.platform.kit")
# What a feature offers to others: nouns, reads, writes, addresses.
DOOR = ("types", "queries", "actions", "links")
INCLUDE = re.compile(r"{%-?\s*(?:include|extends|import|from)\s+[\"']([^/\"']+)/")


def tracked_files() -> list[Path]:
    """List the files git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


FILES = tracked_files()
PYTHON = [file for file in FILES if file.suffix == ".py"]


def test_no_file_is_longer_than_400_lines():
    long = {
        str(file.relative_to(ROOT)): lines
        for file in FILES
        if file.suffix in (".py", ".html", ".css", ".js")
        and (lines := len(file.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_python_file_has_a_vague_name():
    assert [file for file in PYTHON if file.stem in VAGUE] == []


def test_every_room_says_what_it_is_for():
    silent = [
        file
        for file in PYTHON
        if file.name == "__init__.py" and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


def test_package_files_hold_no_code():
    busy = [
        file for file in PYTHON if file.name == "__init__.py" and len(ast.parse(file.read_text("utf-8")).body) > 1
    ]
    assert busy == []


def test_kit_stays_small():
    kit = [file for file in (ROOT / "portal/platform/kit").glob("*.py") if file.name != "__init__.py"]
    assert len(kit) <= 9


def test_no_import_goes_round():
    by_module: dict[str, list[str]] = {}
    for module, imported in imports():
        by_module.setdefault(module, []).append(imported)
    try:
        graphlib.TopologicalSorter(by_module).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_no_template_reaches_into_another_feature():
    strangers = []
    for file in FILES:
        if file.suffix != ".html" or "portal" not in file.parts:
            continue
        own = file.parent.name
        strangers += [
            (str(file.relative_to(ROOT)), other)
            for other in INCLUDE.findall(file.read_text("utf-8"))
            if other not in (own, "ui")
        ]
    assert strangers == []


def test_the_portal_names_no_body():
    manifests = list((ROOT / "agencies").glob("*/agency.toml"))
    said = [tomllib.loads(file.read_text("utf-8"))["name"] for file in manifests]
    # A name of a letter or two stands in any text.
    names = "|".join(re.escape(name) for name in said if len(name) > 3)
    # A folder's name can be an ordinary word or a town: it counts where it is quoted or imported.
    folders = "|".join(file.parent.name for file in manifests)
    pattern = re.compile(rf"\b(?:{names})\b|[\"'`](?:{folders})[\"'`.]|agencies[./](?:{folders})\b")
    assert names
    named = [
        str(file.relative_to(ROOT))
        for file in FILES
        if file.suffix in (".py", ".html", ".js")
        and file.is_relative_to(ROOT / "portal")
        and "tests" not in file.parts
        and pattern.search(file.read_text("utf-8"))
    ]
    assert named == []


def test_a_body_imports_only_what_it_may():
    """An allow-list: a new room of the portal is closed to bodies until someone opens it."""
    strangers = [
        (module, imported)
        for module, imported in imports()
        if module.startswith("agencies.") and not is_within(imported, *MAY_IMPORT, ".".join(module.split(".")[:2]))
    ]
    assert strangers == []


def test_a_feature_is_entered_by_its_door():
    """Others may import what it offers, and nothing behind that; `feature.py` and `urls.py` are named by strings."""
    strangers = [
        (module, imported)
        for module, imported in imports()
        if is_within(imported, "portal.features")
        and not is_within(module, ".".join(imported.split(".")[:3]))
        and imported.split(".")[3:4] != []
        and imported.split(".")[3] not in DOOR
    ]
    assert strangers == []


def imports() -> list[tuple[str, str]]:
    """List who imports what, of all modules of ours."""
    graph = grimp.build_graph(*OURS[:-1], cache_dir=None)
    return [(module, each) for module in graph.modules for each in graph.find_modules_directly_imported_by(module)]


def is_within(module: str, *packages: str) -> bool:
    """Tell whether a module is one of these, or stands in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_no_mock_and_no_debug_switch_in_the_portal():
    pattern = re.compile(r"unittest\.mock|MagicMock|if\s+(settings\.)?DEBUG|pytest\.mark\.skip\b(?!if)")
    guilty = [
        str(file.relative_to(ROOT))
        for file in PYTHON
        if file != Path(__file__) and pattern.search(file.read_text("utf-8"))
    ]
    assert guilty == []


def test_text_is_normalised_in_one_room():
    """Only that room checks the length and the combining marks of a text first.

    A protocol's own words may be lowercased where the protocol is read.
    """
    normalising = re.compile(r"unicodedata\.normalize|import normalize|slugify")
    folding = re.compile(r"\.casefold\(|strip_accents")
    elsewhere = [
        str(file.relative_to(ROOT))
        for file in PYTHON
        if file.is_relative_to(ROOT / "portal")
        and "tests" not in file.parts
        and not file.is_relative_to(ROOT / "portal/platform/kit")
        and (
            normalising.search(text := file.read_text("utf-8"))
            or (folding.search(text) and not file.is_relative_to(ROOT / "portal/platform/sources"))
        )
    ]
    assert elsewhere == []


def test_only_texts_of_our_own_are_remembered_by_templates():
    """`_()` and `url()` remember what they were given for as long as the process lives: no text or id of a person."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    remembered = []
    for file in FILES:
        if "templates" not in file.parts or file.suffix not in (".html", ".txt") or "portal" not in file.parts:
            continue
        for call in environment.parse(file.read_text("utf-8")).find_all(nodes.Call):
            name = getattr(call.node, "name", "")
            given = call.args if name == "_" else [pair.value for pair in call.kwargs] if name == "url" else []
            remembered += [(file.name, call.lineno) for each in given if not isinstance(each, nodes.Const)]
    assert remembered == []


def test_only_the_journal_gives_its_receipt():
    """Code that could make a receipt could skip the journal."""
    makers = [
        str(file.relative_to(ROOT))
        for file in PYTHON
        if "tests" not in file.parts and re.search(r"(?<!class )\bJournalled\(", file.read_text("utf-8"))
    ]
    assert makers == ["portal/platform/journal/actions.py"]


def test_whoever_erases_keys_erases_in_the_journal_first():
    """The entries are found by a name that is erased with the keys."""
    erasing = [
        str(file.relative_to(ROOT))
        for file in PYTHON
        if file.is_relative_to(ROOT / "portal")
        and "tests" not in file.parts
        and re.search(r"\bcitizens\.erase\b|\bimport erase\b|select keys_erase", file.read_text("utf-8"))
    ]
    assert erasing == ["portal/platform/journal/erasing.py", "portal/platform/keys/citizens.py"]


def test_nothing_names_this_machine_or_a_registry():
    # Joined at run time, so that this file does not contain the text it forbids.
    registries = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb" + "ian.org"]
    pattern = re.compile("|".join(re.escape(host) for host in registries) + r"|/root/|/work/|/home/\w+/")
    guilty = []
    for file in FILES:
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if file != Path(__file__) and pattern.search(text):
            guilty.append(str(file.relative_to(ROOT)))
    assert guilty == []


def test_every_test_folder_is_collected():
    """A test outside the folders pytest looks into would never run."""
    strays = [
        file for file in PYTHON if file.name.startswith("test_") and file.relative_to(ROOT).parts[0] not in OURS
    ]
    assert strays == []
