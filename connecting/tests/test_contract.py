"""Each rule of the contract names the fault and its place, in a body with that one fault."""

import json
import shutil
from pathlib import Path

import pytest

from connecting.contract import questions
from connecting.contract.evidence import DatasetEvidence
from connecting.contract.folder import approves_what_there_is, imports_the_reading_room_only
from portal.platform.sources import catalogue

from .new_body import DOWN, NOTHING, PLACES, READY, body, edit, lacks

MANIFEST, PARSE = "agency.toml", "parse.py"
SAMPLE = {"rest": f"samples/{PLACES['rest']}/{READY}.json", "magda": f"samples/{PLACES['magda']}/{READY}.xml"}
FACTS = {kind: file.replace(".json", ".facts.json").replace(".xml", ".facts.json") for kind, file in SAMPLE.items()}
QUESTION = {"rest": "requests/persoon.json", "magda": "requests/toekenningen.xml"}

# By fault: the transport, a replacement in one file of the body, and the beginnings of what it then lacks.
WRONG_TURNS = {
    "a path of items that leads nowhere": (
        "rest",
        (MANIFEST, 'path = "toekenningen"', 'path = "toekening"'),
        ["`path` in [datasets.items] leads to no fact of any sample: toekening (what repeats: toekenningen)"],
    ),
    "a path of items that is an element": (
        "magda",
        (MANIFEST, 'path = "Toekenningen/Toekenning"', 'path = "Toekenningen"'),
        [
            "`path` in [datasets.items]: parse.py reads Toekenningen as an element that stands there once; write "
            "Toekenningen[] in its table"
        ],
    ),
    "a key of items": (
        "rest",
        (MANIFEST, 'title = ["grant"]', 'title = ["grnt"]'),
        ["`title` in [datasets.items] names what no sample says: grnt (grant is one)"],
    ),
    "a key that is explained": (
        "rest",
        (MANIFEST, "[datasets.items]", '[datasets.explained]\nafter = "x"\n\n[datasets.items]'),
        ["[datasets.explained] names what no sample says: after"],
    ),
    "a key that leads the tile": (
        "magda",
        (MANIFEST, "[datasets.magda]", 'highlights = ["statu"]\n\n[datasets.magda]'),
        ["`highlights` names what no sample says: statu (status is one)"],
    ),
    "a key for parents": (
        "magda",
        (MANIFEST, "[datasets.magda]", 'for_child = ["statu"]\n\n[datasets.magda]'),
        ["`for_child` names what no sample says: statu (status is one)"],
    ),
    "a group": (
        "magda",
        (MANIFEST, "[datasets.items]", '[datasets.groups]\nStatuss = "Status"\n\n[datasets.items]'),
        ["[datasets.groups] names an element in which no fact of any sample stands: Statuss (Status is one)"],
    ),
    "an origin": (
        "magda",
        (MANIFEST, "[[datasets]]", '[names]\nXYZ = "de databank"\n\n[[datasets]]'),
        ["[names]: no exception, `origins` or sample has the origin XYZ (there are: MAGDA)"],
    ),
    "a subject of MAGDA": (
        "magda",
        (MANIFEST, "Toekenning/INSZ", "Toekenning/ISNZ"),
        [
            "`subject` in [datasets.magda] leads to nothing in any sample: Toekenningen/Toekenning/ISNZ",
            f"{READY}.xml is not about who its name says: at `subject` (Toekenningen/Toekenning/ISNZ) stands another "
            "number, or none; its number stands at Toekenningen/Toekenning/INSZ",
        ],
    ),
    "no subject of MAGDA": (
        "magda",
        (MANIFEST, 'subject = "', '# subject = "'),
        [
            "the answer says whom it is about (Toekenningen/Toekenning/INSZ): write it as `subject` in "
            "[datasets.magda]"
        ],
    ),
    "no subject of JSON": (
        "rest",
        (MANIFEST, 'subject = "', '# subject = "'),
        ["the answer says whom it is about (persoon/insz): write it as `subject` in [datasets.rest]"],
    ),
    "a subject of JSON": (
        "rest",
        (MANIFEST, "persoon/insz", "persoon/inzs"),
        [
            f"{READY}.json: `subject` (persoon/inzs) leads to no text in it",
            f"{NOTHING}.json: `subject` (persoon/inzs) leads to no text in it",
        ],
    ),
    "a list that is empty": (
        "rest",
        (MANIFEST, 'empty = "toekenningen"', 'empty = "lijst"'),
        [
            f"{READY}.json: `empty` (lijst) leads to no list in it",
            f"{NOTHING}.json: `empty` (lijst) leads to no list in it",
        ],
    ),
    "a number of somebody else": (
        "magda",
        (SAMPLE["magda"], f"<INSZ>{READY}</INSZ>", f"<INSZ>{DOWN}</INSZ>"),
        [f"{READY}.xml is not about who its name says: at `subject` (Toekenningen/Toekenning/INSZ) stands another"],
    ),
    "a value that changed": (
        "rest",
        (SAMPLE["rest"], "2024-06-11", "2024-06-12"),
        [
            f'{READY}.json fact 3 (Beslist op, toekenningen[1]/beslistOp): value is "2024-06-12"; '
            'approved is "2024-06-11"'
        ],
    ),
    "a label that changed": (
        "rest",
        (PARSE, '"Beslist op"', '"Besloten op"'),
        [
            f'{READY}.json fact 3 (Besloten op, toekenningen[1]/beslistOp): label is "Besloten op"; '
            'approved is "Beslist op"'
        ],
    ),
    "a fact more": (
        "magda",
        (
            SAMPLE["magda"],
            "</Status>\n            </Toekenning>\n          </",
            "</Status><DatumBeslissing>2025-01-01</DatumBeslissing></Toekenning>\n          </",
        ),
        [
            f'{READY}.xml fact 8 is not approved: Beslist op "2025-01-01" (date, '
            "Toekenningen/Toekenning[2]/DatumBeslissing)"
        ],
    ),
    "code that raises": (
        "rest",
        (PARSE, '    _GRANTS(content, "", facts)\n', '    _GRANTS(content, "", facts)\n    facts[9].value\n'),
        [f"{READY}.json: parse.py, line 29, in toekenningen: facts[9].value: IndexError: list index out of range"],
    ),
    "code that gives nothing back": (
        "magda",
        (PARSE, "    return facts\n", ""),
        [f"{READY}.xml: parse.py: toekenningen gives nothing back; end it with `return facts`"],
    ),
    "a number read as a text": (
        "magda",
        (PARSE, 'number("insz", "Rijksregisternummer")', 'text("insz", "Rijksregisternummer")'),
        [
            "a national number is shown whole, as it is no `number(...)` in parse.py: "
            "insz (Toekenningen/Toekenning[1]/INSZ), insz (Toekenningen/Toekenning[2]/INSZ)"
        ],
    ),
    "a key that is none": (
        "rest",
        (PARSE, 'date("decided_on"', 'date("decidedOn"'),
        ["`detail` in [datasets.items] names what no sample says: decided_on (decidedOn is one)"],
    ),
    "a date that the schema refuses": (
        "magda",
        (SAMPLE["magda"], "2024-06-11", "11/06/2024"),
        [
            f"{READY}.xml: line 36: Element 'DatumBeslissing': '11/06/2024' is not a valid value of the atomic type "
            "'xs:date'."
        ],
    ),
    "what nobody reads": (
        "magda",
        (PARSE, '        "DatumBeslissing": date("decided_on", "Beslist op"),\n', ""),
        [f"{READY}.xml has what nobody reads: Toekenningen/Toekenning/DatumBeslissing"],
    ),
    "a sample that is cut": (
        "rest",
        (SAMPLE["rest"], "\n  ]\n}", "\n"),
        [f"{READY}.json: no JSON: Expecting ',' delimiter: line 17 column 6 (char 339)"],
    ),
    "a service by another name": (
        "magda",
        (MANIFEST, 'service = "GeefVlaamseTolToekenningen"', 'service = "GeefVlaamseTol"'),
        [
            "no samples in samples/VlaamseTol/GeefVlaamseTol/01.00.0000: one with data, one without and one that "
            "failed are needed"
        ],
    ),
    "an element that repeats, read as one": (
        "magda",
        (PARSE, "Toekenningen/Toekenning[]", "Toekenningen/Toekenning"),
        [
            f"{READY}.xml: fact 'insz' stood at Toekenningen/Toekenning/INSZ, it says: several stand there",
            "`path` in [datasets.items]: parse.py reads Toekenningen/Toekenning as an element that stands there "
            "once; write Toekenningen/Toekenning[] in its table",
        ],
    ),
    "an element that repeats around the items": (
        "magda",
        (PARSE, "Toekenningen/Toekenning[]", "Toekenningen[]/Toekenning[]"),
        [
            "`path` in [datasets.items]: parse.py reads Toekenningen, around Toekenningen/Toekenning, as an element "
            "that repeats; write the path of one around which nothing repeats"
        ],
    ),
    "a question without its member": (
        "rest",
        (QUESTION["rest"], '"insz"', '"nummer"'),
        ['requests/persoon.json must be a JSON object with the member "insz": "${insz}", and have it once'],
    ),
    "a question that is no XML": (
        "magda",
        (QUESTION["magda"], "</INSZ>", ""),
        ["requests/toekenningen.xml is no XML: Opening and ending tag mismatch: INSZ line 1 and Criteria"],
    ),
    "a question that says twice whom it is about": (
        "magda",
        (QUESTION["magda"], "<INSZ>${insz}", '<INSZ van="${insz}">${insz}'),
        ["requests/toekenningen.xml must say whom it is about once, in an element <INSZ>"],
    ),
    "code of the portal": (
        "rest",
        (PARSE, "from typing import Any\n", "from typing import Any\n\nfrom portal.features import themes\n"),
        [
            "parse.py, line 5: imports portal.features.themes; only portal.platform.sources.reading and "
            "portal.platform.kit are for bodies"
        ],
    ),
    "a folder that says nothing": (
        "rest",
        ("__init__.py", '"""Vlaamse tol', 'ABOUT = """Vlaamse tol'),
        ['__init__.py must say what the body is: """Vlaamse tol, ..."""'],
    ),
    "code that fails on damage": (
        "rest",
        (
            PARSE,
            '    _GRANTS(content, "", facts)\n',
            '    _GRANTS(content, "", facts)\n    len(content["toekenningen"])\n',
        ),
        [
            "an answer without toekenningen: parse.py, line 29, in toekenningen: "
            'len(content["toekenningen"]): KeyError'
        ],
    ),
}


@pytest.mark.parametrize("turn", WRONG_TURNS)
def test_a_wrong_turn_is_said(tmp_path: Path, turn: str) -> None:
    transport, (file, old, new), wanted = WRONG_TURNS[turn]
    edit(body(tmp_path, transport) / file, old, new)
    found = lacks(tmp_path)
    missing = [one for one in wanted if not any(lack.startswith(one) for lack in found)]
    assert missing == [], found


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ("<Ondernemingsnummer>${value}</Ondernemingsnummer>", []),
        (
            "<Ondernemingsnummer>${value}</Ondernemingsnummer><Ook>${value}</Ook>",
            ["requests/onderneming.xml must say whom it is about once"],
        ),
        ('<Ondernemingsnummer van="${value}"/>', ["requests/onderneming.xml must say whom it is about once"]),
    ],
)
def test_a_lookup_asks_about_a_company_in_any_element(tmp_path: Path, asked: str, faults: list[str]) -> None:
    shutil.copytree(Path(__file__).parents[2] / "agencies/fod_economie", tmp_path / "fod_economie")
    edit(
        tmp_path / "fod_economie/requests/onderneming.xml",
        "<Ondernemingsnummer>${value}</Ondernemingsnummer>",
        asked,
    )
    (lookup,) = catalogue.load([tmp_path]).lookups
    assert list(questions.ask_about_the_person(DatasetEvidence(lookup))) == faults


def test_an_answer_without_a_body_is_a_sample(tmp_path: Path) -> None:
    place = body(tmp_path) / "samples" / PLACES["rest"]
    (place / f"{NOTHING}.json").rename(place / f"{NOTHING}.204")
    (place / f"{NOTHING}.204").write_bytes(b"")
    assert lacks(tmp_path) == ()
    (place / f"{NOTHING}.204").write_text("{}")
    assert (
        lacks(tmp_path)[0] == f"{NOTHING}.204 cannot be read: an answer with status 204 has no body; empty the file"
    )


def test_facts_that_lie_where_nobody_reads_are_named(tmp_path: Path) -> None:
    folder = body(tmp_path)
    (folder / "samples/rest/elders").mkdir()
    (folder / "samples/rest/elders/1.facts.json").write_text(json.dumps({"outcome": "nothing"}))
    assert lacks(tmp_path) == ("samples/rest/elders/1.facts.json lies where no dataset reads it",)


OTHERS = "only portal.platform.sources.reading and portal.platform.kit are for bodies"


@pytest.mark.parametrize(
    ("line", "imported"),
    [
        # No name may pass because one that is allowed begins it, nor for being written from where the file stands.
        ("from agencies.vlaamse_tol_gent import parse", "agencies.vlaamse_tol_gent.parse"),
        ("import agencies.vlaamse_tol_gent.parse", "agencies.vlaamse_tol_gent.parse"),
        ("from ..vlaamse_tol_gent import parse", "agencies.vlaamse_tol_gent.parse"),
        ("from .. import ahovoks", "agencies.ahovoks"),
        ("from agencies import ahovoks", "agencies.ahovoks"),
        ("from portal.platform import database, kit", "portal.platform.database"),
        ("import portal.platform.kitchen", "portal.platform.kitchen"),
        ("from portal.platform.sources import fetch, reading", "portal.platform.sources.fetch"),
        ("from portal.platform.sources.readings_private import x", "portal.platform.sources.readings_private.x"),
        ("import portal", "portal"),
        ("from portal.platform import kit", ""),
        ("from portal.platform.sources import reading", ""),
        ("from portal.platform.sources.reading import dates as days, facts", ""),
        ("import portal.platform.kit.folding", ""),
        ("from . import parse", ""),
        ("from .parse import toekenningen", ""),
        ("import agencies.vlaamse_tol.parse", ""),
        ("import portals", ""),
    ],
)
def test_a_body_imports_the_readers_and_kit_alone(tmp_path: Path, line: str, imported: str) -> None:
    (body(tmp_path) / "codes.py").write_text(f"{line}\n", "utf-8")
    (agency,) = catalogue.load([tmp_path]).agencies
    wanted = [f"codes.py, line 1: imports {imported}; {OTHERS}"] if imported else []
    assert [*imports_the_reading_room_only(agency)] == wanted


def test_an_import_counts_from_where_its_file_stands(tmp_path: Path) -> None:
    inner = body(tmp_path) / "codes"
    inner.mkdir()
    (inner / "parse.py").write_text("from .. import parse\nfrom . import new\nfrom ... import ahovoks\n", "utf-8")
    (agency,) = catalogue.load([tmp_path]).agencies
    assert [*imports_the_reading_room_only(agency)] == [f"codes/parse.py, line 3: imports agencies.ahovoks; {OTHERS}"]


def test_facts_of_a_dataset_that_is_gone_are_named(tmp_path: Path) -> None:
    folder = body(tmp_path, "magda")
    manifest, place = folder / MANIFEST, folder / "samples" / PLACES["magda"]
    # A second dataset reads the same answers, so that the approved facts of each bear its id.
    table = "[[datasets]]" + manifest.read_text("utf-8").partition("[[datasets]]")[2]
    table = table.replace('id = "toekenningen"', 'id = "ander"')
    manifest.write_text(f"{manifest.read_text('utf-8')}\n{table}", "utf-8")
    for file in [*place.glob("*.facts.json")]:
        for dataset in ("toekenningen", "ander"):
            (place / f"{file.name.partition('.')[0]}.{dataset}.facts.json").write_bytes(file.read_bytes())
        file.unlink()
    both = [DatasetEvidence(entry) for entry in catalogue.load([tmp_path]).entries]
    assert [[*approves_what_there_is(each)] for each in both] == [[], []]
    for gone in (f"{READY}.weg", f"{READY}", "1.toekenningen"):
        (place / f"{gone}.facts.json").write_text("{}", "utf-8")
    of_both = [
        f"{READY}.facts.json is approved, but its sample is gone",
        f"{READY}.weg.facts.json is approved, but no dataset weg reads its sample",
    ]
    assert [[*approves_what_there_is(each)] for each in both] == [
        ["1.toekenningen.facts.json is approved, but its sample is gone", *of_both],
        of_both,
    ]
