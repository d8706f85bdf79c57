"""The commands for whoever connects a body, over whatever bodies are installed."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, load_command_class
from django.test import override_settings

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry

from .new_body import DOWN, NOTHING, PLACES, READY, body, edit


class Terminal(StringIO):
    """An output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(name: str, *arguments: str, out: StringIO | None = None) -> tuple[str, str, int]:
    out, err = out or StringIO(), StringIO()
    try:
        call_command(load_command_class("connecting", name), *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return out.getvalue(), err.getvalue(), int(str(stopped.code))
    return out.getvalue(), err.getvalue(), 0


@pytest.fixture
def entry() -> DatasetEntry:
    return catalogue.installed().entries[0]


def sample(entry: DatasetEntry, outcome: str) -> str:
    files = sorted((entry.agency.folder / "samples").rglob("*.facts.json"))
    found = next(file for file in files if json.loads(file.read_text("utf-8"))["outcome"] == outcome)
    return str(found).removesuffix(".facts.json") + ".xml"


def test_parse_prints_a_line_a_file(entry):
    files = [sample(entry, outcome) for outcome in ("ready", "nothing", "down")]
    out, err, code = run("parse", entry.name, *files)
    ready, nothing, down = map(json.loads, out.splitlines())
    assert (err, code) == ("", 0)
    assert [row["file"] for row in (ready, nothing, down)] == files
    assert list(ready["facts"][0]) == ["key", "label", "value", "kind", "path"]
    assert (ready["outcome"], ready["missing"], ready["reason"]) == ("ready", [], None)
    assert nothing == {
        "file": files[1],
        "outcome": "nothing",
        "subject": "not checked",
        "facts": [],
        "missing": [],
        "reason": None,
    }
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
    assert [row["outcome"] for row in rows] == ["ready", "down"]
    assert rows[0]["reason"] is None
    assert rows[1]["reason"].startswith("unreadable: no JSON: Expecting ',' delimiter: line ")


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


@pytest.mark.parametrize("command", [("parse", "a.b", "c"), ("approve", "a"), ("check_agencies",)])
def test_a_wrong_manifest_is_a_line_to_read_and_not_a_trace(tmp_path, command):
    (tmp_path / "fout").mkdir()
    (tmp_path / "fout/agency.toml").write_text('name = "Fout"\nwebsiet = "https://fout.example"\n')
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]), pytest.raises(CommandError) as refused:
        run(*command)
    catalogue.installed.cache_clear()
    message = (
        f"{tmp_path / 'fout/agency.toml'}, line 2: Object contains unknown field `websiet`; docs/agencies.md lists"
    )
    assert message in str(refused.value)


def test_the_processes_of_the_portal_do_not_know_these_commands():
    assert "connecting" not in settings.INSTALLED_APPS


def test_parse_reads_what_a_feature_asks_itself_about_somebody(tmp_path):
    file = tmp_path / "a.xml"
    file.write_bytes(b"no xml")
    out, err, code = run("parse", "dossiers", "--about", "84651421235", str(file))
    assert (json.loads(out)["outcome"], json.loads(out)["file"], err, code) == ("down", str(file), "", 0)
    assert run("parse", "dossiers", str(file))[1:] == (
        "dossiers is asked about somebody: say whom with --about INSZ.\n",
        2,
    )


def test_parse_is_readable_on_a_terminal(tmp_path):
    folder = body(tmp_path)
    file = folder / "samples" / PLACES["rest"] / f"{READY}.json"
    edit(file, '"status": "toegekend",', '"status": "toegekend", "nieuw": {"lid": true},')
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]):
        out, err, code = run("parse", "vlaamse_tol.toekenningen", str(file), out=Terminal())
        piped, _, _ = run("parse", "vlaamse_tol.toekenningen", str(file))
        asked, _, _ = run("parse", "vlaamse_tol.toekenningen", str(file), "--json", out=Terminal())
    catalogue.installed.cache_clear()
    assert (err, code) == ("", 0)
    assert out.splitlines() == [
        f"{file}: partial, 7 facts",
        "  toekenningen[1]",
        "    Toekenning       Tegemoetkoming voor een kamp   [grant, text]",
        "    Stand van zaken  Toegekend   [status, text]",
        "    Beslist op       2024-06-11   [decided_on, date]",
        "    Nummer           T-2024-0117   [number, code]",
        "  toekenningen[2]",
        "    Toekenning       Kansentarief   [grant, text]",
        "    Stand van zaken  In behandeling   [status, text]",
        "    Nummer           T-2025-0042   [number, code]",
        "  Nobody reads (a row in parse.py, or a reason in samples/left_out.toml):",
        "    toekenningen/nieuw/lid",
    ]
    assert piped == asked
    assert json.loads(piped)["missing"][0]["code"] == "toekenningen/nieuw/lid"


def test_parse_masks_national_numbers_and_checks_whom_an_answer_is_about(tmp_path):
    place = body(tmp_path, "magda") / "samples" / PLACES["magda"]
    other = tmp_path / f"{NOTHING}.xml"
    other.write_bytes((place / f"{READY}.xml").read_bytes())
    nameless = tmp_path / "answer.xml"
    nameless.write_bytes(other.read_bytes())
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]):
        files = [str(file) for file in (place / f"{READY}.xml", other, nameless)]
        out, _, _ = run("parse", "vlaamse_tol.toekenningen", *files)
        about, _, _ = run("parse", "vlaamse_tol.toekenningen", "--about", NOTHING, files[2])
        words, _, _ = run("parse", "vlaamse_tol.toekenningen", files[2], out=Terminal())
    catalogue.installed.cache_clear()
    own, others, unknown = map(json.loads, out.splitlines())
    assert (own["outcome"], own["subject"], own["facts"][0]["value"]) == ("ready", "checked", "84.65.14-•••.••")
    assert (others["outcome"], others["subject"], others["reason"]) == ("down", "mismatch", "mismatch: INSZ")
    assert (unknown["outcome"], unknown["subject"]) == ("ready", "not checked")
    assert json.loads(about)["subject"] == "mismatch"
    assert READY not in (out + words).replace(str(place), "").replace(f"{READY}.xml", "")
    assert "Whom it is about was not checked: name the file after them, or say --about NUMBER." in words


def test_parse_refuses_what_is_no_answer_and_names_the_line_that_raised(tmp_path):
    folder = body(tmp_path)
    place = folder / "samples" / PLACES["rest"]
    edit(folder / "parse.py", "    return facts", "    return facts[99]")
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]):
        files = [str(place / name) for name in (f"{DOWN}.problem.json", f"{READY}.facts.json", f"{READY}.json")]
        out, err, code = run("parse", "vlaamse_tol.toekenningen", *files)
    catalogue.installed.cache_clear()
    assert code == 2
    assert err.splitlines() == [
        f"{files[0]} is a failure, which the source gives with its status: the portal reads nothing of it.",
        f"{files[1]} holds approved facts, and no answer.",
    ]
    reason = "unreadable: parse.py, line 29, in toekenningen: return facts[99]: IndexError: list index out of range"
    assert json.loads(out)["reason"] == reason
