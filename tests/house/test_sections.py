"""A section of `agency.toml` is of the feature that reads it: sources knows none, and one line registers another."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from connecting import quality
from portal.platform.sources import catalogue, machine_clients, sections
from portal.platform.sources.manifest import OWN, ManifestError
from portal.platform.sources.sections import RegisteredSections, Section, SectionsClash
from portal.platform.sources.tests.bodies import MAINTENANCE, SOUND, body

from .trial_section import DESK, ROOMS, THEME_AGAIN, TITLE_AGAIN, Desk, DeskKeys, RoomKeys

ROOMS_OF_SOURCES = (Path(sections.__file__).parent, Path(quality.__file__).parent)
THERE = sections.registered()
OTHERS = ("asking", "quality")  # variables of these names hold no manifest
MACHINE = '\n[machine_client]\nscopes = ["corrections:status", "desks:open"]\n'
LOKET = '\n[datasets.desk]\nsource = "voorbeeld-loket"\n'


def beside(*trial: Section[Any], unused: Sequence[Section[Any]] = ()) -> RegisteredSections:
    """Register trial sections beside those there are."""
    return RegisteredSections((*THERE.used, *trial), (*THERE.unused, *unused))


def refusal_of(folder: Path, text: str, registered: RegisteredSections = THERE) -> str:
    body(folder, "voorbeeld", text)
    with pytest.raises(ManifestError) as refused:
        catalogue.load([folder], registered)
    assert f"{folder}/voorbeeld/agency.toml, line " in str(refused.value)
    return str(refused.value)


def read_in(tree: ast.AST) -> Iterator[str]:
    """List the names that code may read of something: attributes and texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id in OTHERS):
            yield node.attr
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_key_of_a_feature_is_read_in_sources():
    keys = {name for section in sections.registered().all for name in section.names}
    assert keys & (OWN["dataset"] | OWN["body"]) == set()
    files = [file for room in ROOMS_OF_SOURCES for file in room.rglob("*.py") if "tests" not in file.parts]
    found = {
        (file.name, name) for file in files for name in read_in(ast.parse(file.read_text("utf-8"))) if name in keys
    }
    # A column of its table, and a member of what bodies send.
    assert found == {("check_agencies.py", "correction"), ("partner_pages.py", "certificates")}


def test_section_is_added_by_one_registration(tmp_path):
    text = SOUND.replace("[[datasets]]", 'rooms = ["a", "b"]\n[[datasets]]\nnickname = "mies"') + LOKET
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld", text)], beside(DESK, ROOMS)).entries
    assert DESK.of(entry) == DeskKeys(Desk("voorbeeld-loket"), "mies")
    assert ROOMS.of(entry.agency).rooms == ("a", "b")
    assert entry.agency.sources == {"voorbeeld-iets", "voorbeeld-loket"}


def test_section_that_a_manifest_does_not_write_is_read_too(tmp_path):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld")], beside(DESK, ROOMS)).entries
    assert (DESK.of(entry), ROOMS.of(entry.agency)) == (DeskKeys(), RoomKeys())


def test_keys_that_nobody_registered_are_refused(tmp_path):
    assert "line 22: Object contains unknown field `desk`" in refusal_of(tmp_path, SOUND + LOKET)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nickname = "MIES"', "line 5: 'MIES' shouts - at `$.datasets[0]`; write it in small letters."),
        ("nickname = 3", "line 5: Expected `str`, got `int` - at `$.datasets[0].nickname`; docs/agencies.md lists "),
        ("desk = { hours = 2 }", "Object missing required field `source` - at `$.datasets[0].desk`; docs/agencies"),
        (
            "nikname = 'x'",
            "line 5: Object contains unknown field `nikname` - at `$.datasets[0]`; "
            "docs/agencies.md lists the keys a manifest may have; `nickname` is one, of desks.",
        ),
        (
            "titel = 'x'",
            "line 5: Object contains unknown field `titel` - at `$.datasets[0]`; docs/agencies.md lists the keys "
            "a manifest may have; `title` is one, of the manifest itself.",
        ),
    ],
)
def test_what_is_wrong_in_a_section_is_refused_with_file_line_and_cure(tmp_path, text, said):
    assert said in refusal_of(tmp_path, SOUND.replace("[[datasets]]", f"[[datasets]]\n{text}"), beside(DESK))


def test_top_level_key_of_a_section_is_checked(tmp_path):
    text = SOUND.replace("\n[[datasets]]", 'rooms = "a"\n[[datasets]]')
    assert "line 3: Expected `array`, got `str` - at `$.rooms`" in refusal_of(tmp_path, text, beside(ROOMS))


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (THEME_AGAIN, "again and themes both claim the key 'theme'; rename one."),
        (TITLE_AGAIN, "titles and the manifest itself both claim the key 'title'; rename one."),
    ],
)
def test_key_that_two_claim_refuses_to_start(tmp_path, section, said):
    for registered in (beside(section), beside(unused=(section,))):
        with pytest.raises(SectionsClash, match=said):
            catalogue.load([tmp_path], registered)


def test_keys_of_a_feature_that_was_left_out_refuse_no_start(tmp_path):
    wrong = SOUND.replace("[[datasets]]", "[[datasets]]\nnickname = 3")
    text = SOUND + LOKET + MAINTENANCE.replace("SOURCE", "voorbeeld-loket")
    registered = beside(unused=(DESK,))
    (entry,) = catalogue.load([body(tmp_path / "a", "voorbeeld", text)], registered).entries
    assert DESK not in entry.sections
    catalogue.load([body(tmp_path / "b", "voorbeeld", wrong)], registered)
    said = refusal_of(tmp_path / "c", SOUND.replace("[[datasets]]", "[[datasets]]\nnikname = 'x'"), registered)
    assert "line 5: Object contains unknown field `nikname`" in said


def test_wrong_table_of_a_feature_that_was_left_out_leaves_the_sources_of_its_other_tables(tmp_path):
    again = SOUND[SOUND.index("[[datasets]]") :].replace('id = "iets"', 'id = "meer"\nnickname = 3')
    text = SOUND + LOKET + "\n" + again + MAINTENANCE.replace("SOURCE", "voorbeeld-loket")
    first, _ = catalogue.load([body(tmp_path, "voorbeeld", text)], beside(unused=(DESK,))).entries
    assert first.agency.sources == {"voorbeeld-iets", "voorbeeld-loket"}


def test_dataset_that_is_no_table_is_refused_as_such(tmp_path):
    service = 'rest = { path = "/x", version = "1", scope = "x", question = "x" }'
    said = 'title = "x", theme = "gezin", parse = "read", legal_basis = "x", about = "x", when_nothing = "x"'
    sound = f'{{ id = "iets", source = "x", transport = "rest", {said}, {service} }}'
    text = SOUND[: SOUND.index("[[datasets]]")] + f"datasets = [{sound}, 3]\n"
    assert "line 4: Expected `object`, got `int` - at `$.datasets[1]`" in refusal_of(tmp_path, text)


@pytest.mark.parametrize("out", THERE.used, ids=lambda section: section.name)
def test_no_feature_is_needed_for_the_bodies_there_are(out):
    left = tuple(section for section in THERE.used if section is not out)
    known = catalogue.load(settings.AGENCIES_PATH, RegisteredSections(left, (out,)))
    assert [entry.name for entry in known.entries] == [entry.name for entry in catalogue.installed().entries]
    assert {section for one in (*known.entries, *known.agencies) for section in one.sections} == set(left)


def test_scope_is_of_the_feature_that_offers_it(tmp_path):
    said = refusal_of(tmp_path / "a", SOUND + MACHINE)
    assert "line 23: Invalid enum value 'desks:open', a scope that no feature offers - at " in said
    assert said.endswith("; write one of: DosisImport, corrections:status, notificaties.")
    for registered, scopes in ((beside(DESK), {"corrections:status", "desks:open"}), (beside(unused=(DESK,)), None)):
        place = body(tmp_path / str(scopes is None), "voorbeeld", SOUND + MACHINE)
        agencies = catalogue.load([place], registered).agencies
        found = machine_clients.read(agencies, None, registered.scopes)["voorbeeld"].scopes
        assert found == (scopes or {"corrections:status"})


def test_keys_are_structs_that_refuse_what_they_do_not_know():
    for section in sections.registered().all:
        assert section.keys.__struct_config__.forbid_unknown_fields, section.name
        assert msgspec.structs.fields(section.keys), section.name
