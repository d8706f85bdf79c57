"""A new body's folder is complete and keeps the contract, or does not exist."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

from connecting import quality, samples, scaffold
from connecting.contract.evidence import PublishedFolders
from connecting.management.commands import agency
from portal.platform.sources import catalogue, manifest, sections

ROOT = Path(__file__).resolve().parents[2]
transports = pytest.mark.parametrize("transport", ["rest", "magda"])


@transports
def test_folder_is_a_body_that_lacks_only_what_the_body_itself_must_say(tmp_path, transport):
    folder = scaffold.make("vlaamse_tol", transport, tmp_path, [])
    assert folder == tmp_path / "vlaamse_tol"
    known = catalogue.load([tmp_path])
    (entry,) = known.entries
    assert (entry.name, entry.dataset.transport) == ("vlaamse_tol.toekenningen", transport)
    (found,) = quality.qualities(known, PublishedFolders())
    assert found.lacks == ("the legal basis is not filled in",)
    assert (found.schema, found.correction, found.retention) == ("own", "none", "session")
    assert found.samples == quality.Samples(1, 1 if transport == "rest" else 2, 1, 3 if transport == "rest" else 4)
    approved = {file.name for file in folder.rglob("*.facts.json")}
    assert approved == {samples.facts_file(file, entry).name for file in samples.answers_of(entry)}


@transports
def test_no_mark_and_no_trace_is_left(tmp_path, transport):
    folder = scaffold.make("vlaamse_tol", transport, tmp_path, [])
    assert [place.name for place in tmp_path.iterdir()] == ["vlaamse_tol"]
    texts = [file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()]
    assert [text for text in texts if "@" in text] == []


@transports
def test_two_bodies_made_so_stand_side_by_side(tmp_path, transport):
    scaffold.make("eerste_tol", transport, tmp_path, [])
    scaffold.make("tweede_tol", transport, tmp_path, [])
    sources = [entry.question for entry in catalogue.load([tmp_path]).entries]
    assert len(set(sources)) == 2


@transports
@pytest.mark.parametrize(
    "command",
    [["ruff", "format", "--check"], ["ruff", "check"], ["mypy", "--no-incremental", "--follow-imports=silent"]],
)
def test_code_passes_the_checks_of_the_house(tmp_path, transport, command):
    folder = scaffold.make("vlaamse_tol", transport, tmp_path, [])
    result = subprocess.run(
        [sys.executable, "-m", *command, f"--config{'-file' if 'mypy' in command else ''}", "pyproject.toml", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stdout


@transports
def test_every_key_of_its_manifest_exists_also_those_in_remarks(tmp_path, transport):
    folder = scaffold.make("vlaamse_tol", transport, tmp_path, [])
    text = (folder / "agency.toml").read_text("utf-8")
    # A comment that is a line of TOML is meant to be uncommented.
    lines = [line.removeprefix("# ") for line in text.splitlines()[1:]]
    assert unknown(tomllib.loads("\n".join(lines)), msgspec.inspect.type_info(manifest.Manifest)) == []


def unknown(value: Any, kind: Any, place: str = "") -> list[str]:
    """List the keys that belong neither to the manifest nor to a feature's section."""
    if isinstance(kind, msgspec.inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType))
    if isinstance(kind, msgspec.inspect.VarTupleType):
        return [found for each in value for found in unknown(each, kind.item_type, place)]
    if not isinstance(kind, msgspec.inspect.StructType):
        return []
    fields = {field.encode_name: field.type for field in kind.fields}
    for section in sections.registered().used:
        if kind.cls is {"dataset": manifest.Dataset, "body": manifest.Manifest}[section.level]:
            of_feature = msgspec.inspect.type_info(section.keys)
            fields |= {field.encode_name: field.type for field in of_feature.fields}
    strange = [f"{place}{key}" for key in value.keys() - fields]
    return strange + [one for k in value.keys() & fields for one in unknown(value[k], fields[k], f"{place}{k}.")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "a body's name is 1 to 40"),
        ("Tol", "for example NAME=vlaamse_dienst"),
        ("../tol", "for example NAME=vlaamse_dienst"),
        ("--help", "for example NAME=vlaamse_dienst"),
        ("tol; rm", "for example NAME=vlaamse_dienst"),
        ("import", "a word of Python itself"),
        ("theme", "the portal itself uses that word (portal/"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path, name, message):
    with pytest.raises(scaffold.ScaffoldError) as refused:
        scaffold.make(name, "rest", tmp_path, [])
    assert message in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def take_names(root: Path) -> Iterator[Path]:
    (root / "folder_tol").mkdir()
    (root / "file_tol").write_text("mine")
    (root / "link_tol").symlink_to(root / "nowhere")
    yield from root.iterdir()


def test_nothing_is_overwritten_in_any_known_folder(tmp_path):
    known, new = tmp_path / "known", tmp_path / "new"
    known.mkdir()
    new.mkdir()
    for place in list(take_names(known)):
        with pytest.raises(scaffold.ScaffoldError, match="exists already; choose another name"):
            scaffold.make(place.name, "rest", new, [known])
    assert (known / "file_tol").read_text() == "mine"
    assert list(new.iterdir()) == []


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    written: list[Path] = []
    write = Path.write_text

    def full_disk(self: Path, *arguments: Any) -> int:
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        written.append(self)
        return write(self, *arguments)

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(scaffold.ScaffoldError, match="cannot be written: No space left on device"):
        scaffold.make("vlaamse_tol", "magda", tmp_path, [])
    assert len(written) == 5
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_place_for_bodies_is_refused(tmp_path):
    with pytest.raises(scaffold.ScaffoldError, match="is not a folder; make it first: mkdir -p"):
        scaffold.make("vlaamse_tol", "rest", tmp_path / "weg", [])
    inside = scaffold.make("vlaamse_tol", "rest", tmp_path, [])
    with pytest.raises(scaffold.ScaffoldError, match="is itself a body"):
        scaffold.make("andere_tol", "rest", inside, [])


def test_command_says_what_to_do_next(tmp_path, capsys):
    call_command(agency.Command(), "vlaamse_tol", root=str(tmp_path), transport="magda")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Made {tmp_path}/vlaamse_tol: a body with one dataset of invented data. Now:"
    assert lines[1].startswith(f"  AGENCIES_PATH={tmp_path} make run ")
    with pytest.raises(CommandError, match="exists already"):
        call_command(agency.Command(), "vlaamse_tol", root=str(tmp_path))
