"""The two commands, over whatever bodies are installed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Entry


def run(*arguments: str) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return out.getvalue(), err.getvalue(), int(str(stopped.code))
    return out.getvalue(), err.getvalue(), 0


@pytest.fixture
def entry() -> Entry:
    return catalogue.installed().entries[0]


def sample(entry: Entry, outcome: str) -> str:
    files = sorted((entry.agency.folder / "samples").rglob("*.facts.json"))
    found = next(file for file in files if json.loads(file.read_text("utf-8"))["outcome"] == outcome)
    return str(found).removesuffix(".facts.json") + ".xml"


def test_agencies_lists_every_dataset_with_its_service():
    out, err, code = run("agencies", "--json")
    listed = json.loads(out)
    assert (err, code) == ("", 0)
    assert [row["name"] for row in listed] == [entry.name for entry in catalogue.installed().entries]
    keys = ["name", "agency", "title", "theme", "transport", "service", "version", "deadline_s"]
    assert all(list(row) == keys for row in listed)


def test_agencies_is_a_table_without_json():
    out, _, code = run("agencies")
    assert code == 0
    assert len(out.splitlines()) == 1 + len(catalogue.installed().entries)


def test_parse_prints_a_line_a_file(entry):
    files = [sample(entry, outcome) for outcome in ("ready", "nothing", "down")]
    out, err, code = run("parse", entry.name, *files)
    ready, nothing, down = map(json.loads, out.splitlines())
    assert (err, code) == ("", 0)
    assert [row["file"] for row in (ready, nothing, down)] == files
    assert list(ready["facts"][0]) == ["key", "label", "value", "kind", "path"]
    assert (ready["outcome"], ready["missing"], ready["reason"]) == ("ready", [], None)
    assert nothing == {"file": files[1], "outcome": "nothing", "facts": [], "missing": [], "reason": None}
    assert (down["outcome"], down["reason"]) == ("down", "busy: MAGDA 99996")


def test_parse_reads_json_as_well(tmp_path):
    entry = next(entry for entry in catalogue.installed().entries if entry.dataset.transport == "rest")
    folder = entry.agency.folder / "samples" / "rest" / entry.name
    ready = next(
        f for f in sorted(folder.glob("*.facts.json")) if json.loads(f.read_text("utf-8"))["outcome"] == "ready"
    )
    whole = ready.with_name(ready.name.replace(".facts", ""))
    cut = tmp_path / "cut.json"
    cut.write_bytes(whole.read_bytes()[:-9])
    out, err, code = run("parse", entry.name, str(whole), str(cut))
    rows = [json.loads(line) for line in out.splitlines()]
    assert (err, code) == ("", 0)
    assert [(row["outcome"], row["reason"]) for row in rows] == [("ready", None), ("down", "unreadable: no JSON")]


def test_parse_reads_the_answers_of_lookups():
    lookup = catalogue.installed().lookups[0]
    service = lookup.service
    folder = lookup.agency.folder / "samples" / service.domain / service.service / service.version
    out, err, code = run("parse", lookup.name, str(folder / "notfound.xml"))
    assert (err, code, json.loads(out)["outcome"]) == ("", 0, "nothing")


def test_parse_goes_on_after_a_file_that_is_not_there(entry):
    out, err, code = run("parse", entry.name, "/nowhere.xml", sample(entry, "nothing"))
    assert code == 2
    assert len(out.splitlines()) == 1
    assert err.splitlines() == ["/nowhere.xml cannot be read: No such file or directory."]


def test_parse_refuses_a_dataset_that_does_not_exist(entry):
    out, err, code = run("parse", "nobody.nothing", sample(entry, "nothing"))
    assert (out, code) == ("", 2)
    assert err.startswith("There is no dataset 'nobody.nothing'. There are: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", [("agencies",), ("parse", "a.b", "c"), ("approve", "a"), ("check_agencies",)])
def test_a_wrong_manifest_is_a_line_to_read_and_not_a_trace(tmp_path, command):
    (tmp_path / "fout").mkdir()
    (tmp_path / "fout/agency.toml").write_text('name = "Fout"\nwebsiet = "https://fout.example"\n')
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]), pytest.raises(CommandError) as refused:
        call_command(*command)
    catalogue.installed.cache_clear()
    said = f"{tmp_path / 'fout/agency.toml'}, line 2: Object contains unknown field `websiet`; docs/agencies.md lists"
    assert said in str(refused.value)
