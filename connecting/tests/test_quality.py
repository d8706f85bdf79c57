"""What a body lacks is reported in sentences, and sources are measured only about people who cannot exist."""

import json
import re
import tomllib
from io import StringIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command, load_command_class
from django.test import override_settings

from connecting import scaffold
from connecting.asking import Measurement, measure
from connecting.contract.evidence import PublishedFolders
from connecting.contract.people import STRANGER
from connecting.quality import bodies, quality_of
from connecting.samples import NOW
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import LookupEntry
from portal.platform.sources.manifest import Lookup
from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.transports import magda, rest
from portal.platform.sources.transports.answer import AnswerText

from .new_body import DOWN, NOTHING, PLACES, READY, WHO_MAY_EXIST, body, edit, entry_in, lacks


@pytest.mark.parametrize("transport", ["rest", "magda"])
def test_a_body_with_a_legal_basis_lacks_nothing(tmp_path, transport):
    body(tmp_path, transport)
    assert lacks(tmp_path) == ()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (f"{READY}.json", None, ["no sample with data", f"{READY}.facts.json is approved, but its sample is gone"]),
        (f"{READY}.facts.json", None, [f"{READY}.json has no approved facts: `manage.py approve vlaamse_tol`"]),
        (f"{READY}.facts.json", "{", [f"{READY}.json has no approved facts: `manage.py approve vlaamse_tol`"]),
        (f"{NOTHING}.facts.json", '{"outcome": "ready"}', [f"{NOTHING}.json is read as nothing; approved is ready"]),
        (
            f"{DOWN}.problem.json",
            "{}",
            [
                f'{DOWN}.problem.json cannot be read: a failure is written {{"status": 502, "problem": {{...}}}}',
                "no sample that failed",
            ],
        ),
    ],
)
def test_what_a_json_body_lacks_is_said(tmp_path, file, text, message):
    place = body(tmp_path) / "samples" / PLACES["rest"] / file
    place.unlink() if text is None else place.write_text(text)
    assert [lack for lack in lacks(tmp_path) if not lack.startswith("88660616030.problem.json: $")] == message


def test_a_compared_fact_that_no_sample_says_is_lacking(tmp_path):
    manifest = body(tmp_path) / "agency.toml"
    text = manifest.read_text("utf-8")
    table = '[datasets.compared]\nsex = "sexe"\nnationality = "grant"\n\n[datasets.items]'
    manifest.write_text(text.replace("[datasets.items]", table, 1), "utf-8")
    assert lacks(tmp_path) == ("[datasets.compared] names what no sample says: sexe",)


def test_what_a_magda_body_lacks_is_said(tmp_path):
    folder = body(tmp_path, "magda")
    for name in ("notfound.xml", "notfound.facts.json"):
        (folder / "samples" / PLACES["magda"] / name).unlink()
    (folder / "samples/left_out.toml").unlink()
    (folder / "schemas/GeefVlaamseTolToekenningen-01.00.0000.xsd").unlink()
    message = (
        "no sample notfound.xml, of somebody nobody knows",
        "texts that stand in no fact, and that samples/left_out.toml does not name: "
        "Toekenningen/Toekenning/Status/Code",
        "no samples/left_out.toml: what is not shown, and why",
    )
    assert lacks(tmp_path) == message
    assert set(lacks(tmp_path, schemas=tmp_path)) == {*message, "no schema to hold the samples against"}


@pytest.mark.parametrize(
    ("transport", "file", "old", "new", "message"),
    [
        (
            "rest",
            f"{READY}.json",
            '"toegekend"',
            '"TOEGEKEND"',
            f"{READY}.json: $.toekenningen[0].status: breaks enum",
        ),
        ("magda", f"{READY}.xml", "<DatumBeslissing>2024", "<DatumBeslissing>x", f"{READY}.xml: line "),
    ],
)
def test_a_sample_that_its_schema_refuses_is_named(tmp_path, transport, file, old, new, message):
    sample = body(tmp_path, transport) / "samples" / PLACES[transport] / file
    sample.write_text(sample.read_text("utf-8").replace(old, new), "utf-8")
    found = quality_of(entry_in(tmp_path), PublishedFolders())
    assert found.schema == "not kept"
    assert any(lack.startswith(message) for lack in found.lacks)


@pytest.mark.parametrize("legal_basis", ["", " ", "NOG IN TE VULLEN: het decreet"])
def test_a_legal_basis_that_is_none_is_lacking(tmp_path, legal_basis):
    body(tmp_path, legal_basis=legal_basis)
    assert lacks(tmp_path) == ("the legal basis is not filled in",)


def test_a_body_with_a_long_name_needs_a_short_one(tmp_path):
    manifest = body(tmp_path) / "agency.toml"
    long = manifest.read_text("utf-8").replace("website =", f'short_name = "{"n" * 31}"\nwebsite =', 1)
    manifest.write_text(long, "utf-8")
    assert lacks(tmp_path) == ("the body needs a `short_name` of at most 30 characters",)


def test_what_a_body_should_say_in_tables_of_its_own_is_named(tmp_path):
    manifest = body(tmp_path) / "agency.toml"
    held = """
[certificates.held]
source = "tol-vergunningen"
title = "Vergunningen"
legal_basis = "NOG IN TE VULLEN: het decreet"
theme = "mobiliteit_openbare_werken"
about = "Waarvoor het dient."

[certificates.held.partner]
path = "/tol/v1/certificates"
version = "1"
audience = "urn:tol"
"""
    manifest.write_text(manifest.read_text("utf-8").replace("\n[[datasets]]", f"{held}\n[[datasets]]", 1), "utf-8")
    assert lacks(tmp_path) == (
        "[certificates.held] has no `words` by which people look for it",
        "[certificates] is not filled in everywhere",
    )


def test_bodies_that_answer_one_question_with_other_samples_both_lack_the_same(tmp_path):
    ours, other = body(tmp_path, "magda"), scaffold.make("andere_tol", "magda", tmp_path, [])
    source = entry_in(tmp_path).dataset.source
    theirs = tomllib.loads((ours / "agency.toml").read_text("utf-8"))["datasets"][0]["source"]
    edit(other / "agency.toml", f'source = "{source}"', f'source = "{theirs}"')
    known = catalogue.load([tmp_path])
    found = {one.name: one.lacks for one in bodies(known, known)}
    fault = f"{READY}.xml is another answer than another dataset has to the same question"
    assert all(f"{name}.toekenningen: {fault}" in found[name] for name in ("vlaamse_tol", "andere_tol"))


def test_samples_of_people_who_may_exist_are_named_without_their_number(tmp_path):
    folder = body(tmp_path)
    place = folder / "samples" / PLACES["rest"]
    real = WHO_MAY_EXIST
    for end in ("json", "facts.json"):
        text = (place / f"{READY}.{end}").read_text("utf-8").replace(READY, real)
        (place / f"{real}.{end}").write_text(text, "utf-8")
    assert lacks(tmp_path) == ("somebody who is not in personas.toml has a sample (71...)",)
    (folder / "samples/personas.toml").write_text(
        f'"{real}" = "Els"\n"{NOTHING}" = "-"\n"{DOWN}" = "-"\n"{READY}" = "-"'
    )
    assert lacks(tmp_path) == ("a sample is of somebody who may exist (71...): its number is no test number",)


def test_people_who_may_exist_are_named_wherever_personas_toml_has_them(tmp_path):
    personas = body(tmp_path) / "samples/personas.toml"
    personas.write_text(f'{personas.read_text("utf-8")}\n[buren]\n"{WHO_MAY_EXIST}" = "Els"\n', "utf-8")
    assert lacks(tmp_path) == ("personas.toml has somebody who may exist (71...)",)


def test_a_partial_answer_that_would_be_shown_to_others_is_named(tmp_path):
    sample = body(tmp_path) / "samples" / PLACES["rest"] / f"{READY}.json"
    edit(sample, f'"{READY}"', f'"{STRANGER}"')
    edit(sample, '"persoon": {', '"nieuw": 1, "persoon": {')
    assert f"{READY}.json would be shown to somebody else: `subject` (persoon/insz)" in lacks(tmp_path)


def transport_of(transport: str, *answers: AnswerText | Down | Exception):
    """Make a transport that gives these answers in turn; gives also the list of whom it was asked about."""
    coming, about = iter(answers), []

    async def ask(question, values, *, sent):
        about.append(values)
        came = next(coming)
        if isinstance(came, Exception):
            raise came
        return came

    return {transport: SimpleNamespace(ask=ask, read={"rest": rest, "magda": magda}[transport].read)}, about


async def test_the_median_of_five_answers_is_given(tmp_path):
    data = (body(tmp_path) / "samples" / PLACES["rest"] / f"{READY}.json").read_bytes()
    came = AnswerText(data, None, NOW)
    transports, about = transport_of("rest", *[came] * 5)
    # Each answer takes longer than the one before: 1, 2, 4, 8 and 16 seconds by this clock.
    ticks = iter((0, 1, 1, 3, 3, 7, 7, 15, 15, 31))
    found = await measure(entry_in(tmp_path), transports=transports, clock=lambda: next(ticks))
    assert found == Measurement(4000.0, "ready")
    assert about == [{"insz": READY}] * 5


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Down("connection", "ClientConnectorError"), Measurement(None, "no connection")),
        (FileNotFoundError(), Measurement(None, "FileNotFoundError")),
        (TimeoutError(), Measurement(None, "late")),
    ],
)
async def test_a_source_that_cannot_be_reached_is_not_measured(tmp_path, answer, found):
    body(tmp_path)
    transports, about = transport_of("rest", answer)
    assert await measure(entry_in(tmp_path), transports=transports) == found
    assert len(about) == 1


async def test_a_source_that_refuses_is_measured_and_says_so(tmp_path):
    body(tmp_path)
    transports, _ = transport_of("rest", *[Down("refused", "HTTP 403")] * 5)
    ticks = count()
    found = await measure(entry_in(tmp_path), transports=transports, clock=lambda: next(ticks))
    assert found == Measurement(1000.0, "down: refused")


async def test_nobody_who_may_exist_is_ever_asked_about(tmp_path):
    place = body(tmp_path) / "samples" / PLACES["rest"]
    for end in ("json", "facts.json"):
        (place / f"{READY}.{end}").rename(place / f"{WHO_MAY_EXIST}.{end}")
    transports, about = transport_of("rest")
    found = await measure(entry_in(tmp_path), transports=transports)
    assert (found, about) == (Measurement(None, "nobody to ask about"), [])


async def test_nobody_who_may_exist_is_ever_looked_up(tmp_path):
    place = body(tmp_path, "magda") / "samples" / PLACES["magda"]
    for end in ("xml", "facts.json"):
        (place / f"{READY}.{end}").rename(place / f"{WHO_MAY_EXIST}.{end}")
    entry = entry_in(tmp_path)
    lookup = Lookup("grant", "town-names", entry.dataset.parse, entry.dataset.magda)
    transports, about = transport_of("magda")
    found = await measure(LookupEntry(entry.agency, entry.dataset, entry.parse, lookup), transports=transports)
    assert (found, about) == (Measurement(None, "nobody to ask about"), [])


def run(root: Path, name: str, *arguments: str) -> tuple[str, int]:
    out = StringIO()
    catalogue.installed.cache_clear()
    try:
        with override_settings(AGENCIES_PATH=[root]):
            call_command(load_command_class("connecting", name), *arguments, stdout=out, stderr=out)
    except SystemExit as stopped:
        return out.getvalue(), int(str(stopped.code))
    finally:
        catalogue.installed.cache_clear()
    return out.getvalue(), 0


def test_the_table_has_a_line_a_dataset_and_says_what_is_lacking(tmp_path):
    folder = body(tmp_path)
    text, code = run(tmp_path, "check_agencies", "--not-ask")
    lines = text.splitlines()
    assert (code, lines[-1]) == (0, "Nothing is lacking.")
    cells = [
        "vlaamse_tol.toekenningen",
        "1",
        "1",
        "1",
        "3 of 3",
        "0",
        "2 s",
        "not measured (not asked)",
        "none",
        "own",
        "own",
    ]
    assert re.split(" {2,}", lines[1]) == [*cells, "session"]
    assert "  vlaamse_tol.toekenningen: decreet van 7 mei 2004" in lines
    (folder / "schema.json").unlink()
    text, code = run(tmp_path, "check_agencies", "--not-ask")
    assert (code, text.splitlines()[-1]) == (
        1,
        "  vlaamse_tol.toekenningen: no schema to hold the samples against",
    )


def test_a_sample_with_what_nobody_reads_is_counted_and_named(tmp_path):
    folder = body(tmp_path)
    (sample,) = (folder / "samples" / "rest" / "vlaamse_tol.toekenningen").glob("84651421235.json")
    sample.write_text(json.dumps(json.loads(sample.read_text()) | {"bijlage": {"naam": "iets"}}))
    text, code = run(tmp_path, "check_agencies", "--not-ask")
    assert (code, re.split(" {2,}", text.splitlines()[1])[4:6]) == (1, ["2 of 3", "1"])
    assert "  vlaamse_tol.toekenningen: 84651421235.json has what nobody reads: bijlage/naam" in text.splitlines()


def test_json_has_a_record_a_dataset(tmp_path):
    body(tmp_path)
    text, code = run(tmp_path, "check_agencies", "--not-ask", "--json")
    (record,) = json.loads(text)
    assert code == 0
    assert record["samples"] == {"data": 1, "nothing": 1, "failed": 1, "approved": 3, "unread": 0}
    assert record["measured"] == {"ms": None, "outcome": "not asked"}
    assert (record["lacks"], record["deadline_s"], record["schema"]) == ([], 2.0, "own")


def test_a_body_that_does_not_exist_is_named(tmp_path):
    body(tmp_path)
    assert run(tmp_path, "check_agencies", "niemand") == ("There is no body 'niemand'. There are: vlaamse_tol.\n", 2)


def test_approving_writes_what_is_read_now_and_names_what_changed(tmp_path):
    place = body(tmp_path) / "samples" / PLACES["rest"]
    assert run(tmp_path, "approve", "vlaamse_tol") == ("0 changed.\n", 0)
    before = (place / f"{READY}.facts.json").read_bytes()
    (place / f"{READY}.facts.json").write_text("{}")
    assert run(tmp_path, "approve", "vlaamse_tol") == (
        f"{place / READY}.facts.json: ready, 7 facts\n1 changed.\n",
        0,
    )
    assert (place / f"{READY}.facts.json").read_bytes() == before
    (place / f"{DOWN}.problem.json").write_text("[]")
    text, code = run(tmp_path, "approve", "vlaamse_tol")
    message = 'a failure is written {"status": 502, "problem": {...}}'
    assert (text, code) == (f"{place / DOWN}.problem.json is not approved: {message}\n0 changed.\n", 2)
    assert run(tmp_path, "approve", "niemand") == ("There is no body 'niemand'. There are: vlaamse_tol.\n", 2)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "parse.py",
            "    return facts",
            "    return facts[99]",
            "parse.py, line 29, in toekenningen: return facts[99]:",
        ),
        (f"samples/{PLACES['rest']}/{READY}.json", "]", "", "no JSON: "),
        ("agency.toml", 'empty = "toekenningen"', 'empty = "x"', "`empty` (x) leads to no list in it"),
    ],
)
def test_what_was_not_read_is_not_approved(tmp_path, file, old, new, message):
    folder = body(tmp_path)
    approved = folder / "samples" / PLACES["rest"] / f"{READY}.facts.json"
    before = approved.read_bytes()
    edit(folder / file, old, new)
    text, code = run(tmp_path, "approve", "vlaamse_tol")
    assert (code, approved.read_bytes()) == (2, before)
    assert f"{READY}.json is not approved: {message}" in text


@pytest.mark.parametrize("text", ['{"status": 1e999}', "[" * 100_000], ids=["too large", "too deep"])
def test_a_failure_that_cannot_be_read_stops_no_other_sample(tmp_path, text):
    place = body(tmp_path) / "samples" / PLACES["rest"]
    (place / f"{DOWN}.problem.json").write_text(text)
    (place / f"{READY}.facts.json").write_text("{}")
    message = 'a failure is written {"status": 502, "problem": {...}}'
    wanted = f"{place / DOWN}.problem.json is not approved: {message}"
    said, code = run(tmp_path, "approve", "vlaamse_tol")
    assert (sorted(said.splitlines()), code) == (
        sorted([wanted, f"{place / READY}.facts.json: ready, 7 facts", "1 changed."]),
        2,
    )
    assert lacks(tmp_path)[0] == f"{DOWN}.problem.json cannot be read: {message}"


def test_without_the_published_schemas_it_says_that_it_did_not_look(tmp_path):
    body(tmp_path, "magda")
    (tmp_path / "vlaamse_tol/schemas/GeefVlaamseTolToekenningen-01.00.0000.xsd").unlink()
    text, code = run(tmp_path, "check_agencies", "--not-ask")
    assert (code, re.split(" {2,}", text.splitlines()[1])[9:11]) == (0, ["not looked at", "not looked at"])
    assert "Not looked at: whether samples and questions are as MAGDA publishes them" in text
