"""A manifest is read whole or refused with file, line and cure."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.machine_keys import jwk_of
from portal.platform.journal.types import Purpose
from portal.platform.sources import catalogue, machine_clients, manifest

from .bodies import MAINTENANCE, SOUND, body


def test_a_sound_manifest_becomes_an_entry(tmp_path):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld")]).entries
    assert (entry.name, entry.slug, entry.dataset.deadline_s) == ("voorbeeld.iets", "voorbeeld-iets", 2.0)


LEFT_OUT = """
"*/Code" = "de naam staat er"
"Bijlage" = "van de dienst zelf"
[iets]
"Ding/[!N]*" = "staat elders"
[anders]
"Ding/Naam" = "staat elders"
"""


def left_out(folder: Path, text: str) -> Path:
    (folder / "voorbeeld" / "samples").mkdir()
    (folder / "voorbeeld" / "samples" / "left_out.toml").write_text(text, "utf-8")
    return folder


def test_what_is_left_out_holds_for_all_datasets_or_for_the_one_that_is_named(tmp_path):
    (entry,) = catalogue.load([left_out(body(tmp_path, "voorbeeld"), LEFT_OUT)]).entries
    places = ["A/B/Code", "A/{*}Code", "Bijlage", "Bijlage/Naam", "Ding/Soort", "Ding/Naam", "Code"]
    assert [place for place in places if entry.leaves_out(place)] == ["A/B/Code", "Bijlage", "Ding/Soort"]


def test_a_body_without_such_a_file_leaves_nothing_out(tmp_path):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld")]).entries
    assert not entry.leaves_out("Code")


@pytest.mark.parametrize("text", ['"*/Code" = 1', '"*/Code" = ["x"]', "[iets]\na = 1", "*/Code = x"])
def test_a_file_that_says_it_otherwise_is_refused(tmp_path, text):
    with pytest.raises(manifest.ManifestError, match=r"left_out\.toml"):
        catalogue.load([left_out(body(tmp_path, "voorbeeld"), text)])


OFFERED = frozenset(("corrections:status",))
MACHINE = '\n[machine_client]\nscopes = ["corrections:status"]\nkeys = "machine.jwks.json"\n'


def test_a_machine_client_with_unknown_scope_is_refused(tmp_path):
    text = MACHINE.replace("corrections:status", "everything")
    with pytest.raises(manifest.ManifestError, match="Invalid enum value 'everything'"):
        catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)])


def test_keys_of_machines_come_from_the_folder_and_from_beside_it(tmp_path):
    agencies = catalogue.load([body(tmp_path, "voorbeeld", SOUND + MACHINE)]).agencies
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
    listed = [json.loads(json.dumps({"keys": [jwk_of(key)]})) for key in keys]
    (tmp_path / "voorbeeld/machine.jwks.json").write_text(json.dumps(listed[0]))
    (tmp_path / "voorbeeld.jwks.json").write_text(json.dumps(listed[1]))
    client = machine_clients.read(agencies, tmp_path, OFFERED)["voorbeeld"]
    assert sorted(client.keys) == sorted(one["keys"][0]["kid"] for one in listed)
    assert client.scopes == {"corrections:status"}
    assert list(machine_clients.read(agencies, None, OFFERED)["voorbeeld"].keys) == [listed[0]["keys"][0]["kid"]]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"keys": []}', '{"keys": [{"kty": "oct", "kid": "1", "k": "AAAA"}]}']
)
def test_keys_of_machines_that_are_none_are_refused(tmp_path, text):
    agencies = catalogue.load([body(tmp_path, "voorbeeld", SOUND + MACHINE)]).agencies
    (tmp_path / "voorbeeld/machine.jwks.json").write_text(text)
    with pytest.raises(manifest.ManifestError, match=r"machine\.jwks\.json"):
        machine_clients.read(agencies, None, OFFERED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOUND.replace("theme =", "tehme ="), "line 7: Object contains unknown field `tehme`"),
        (SOUND.replace('title = "Iets"', "title = 3"), "line 6: Expected `str`, got `int`"),
        (SOUND.replace('parse = "read"', 'parse = "reed"'), "line 10: parse.py has no function 'reed'"),
        (SOUND.replace('transport = "magda"', 'transport = "fax"'), "Invalid enum value 'fax'"),
        (SOUND.replace("[[datasets]]", "[[datasets]]\ndeadline_s = 6"), "Expected `float` <= 5"),
        (
            SOUND + '[[maintenance]]\nsource = "iets"\nfrom = 2026-01-01T10:00:00\nuntil = 2026-01-01T11:00:00Z',
            "line 23: Expected `datetime` with a timezone component",
        ),
        (
            SOUND + MAINTENANCE.replace("SOURCE", "voorbeeld-iets") + MAINTENANCE.replace("SOURCE", "voorbeeld"),
            "line 28: maintenance is announced of 'voorbeeld', which is no source of this body; "
            "write one of: voorbeeld-iets.",
        ),
        (
            'name = "Voorbeeld"\nwebsite = "https://voorbeeld.example"\n' + MAINTENANCE.replace("SOURCE", "x-y"),
            "line 5: maintenance is announced of 'x-y', which is no source of this body; write one of: none.",
        ),
        (
            SOUND.replace('source = "voorbeeld-iets"', 'source = "repertorium"'),
            "line 8: 'repertorium' is a source of the portal; choose another name",
        ),
        (SOUND.replace('name = "V', "name = V"), "not TOML"),
    ],
)
def test_a_wrong_manifest_is_refused_naming_file_line_and_cure(tmp_path, text, said):
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load([body(tmp_path, "voorbeeld", text)])
    assert said in str(refused.value)
    assert str(tmp_path / "voorbeeld/agency.toml") in str(refused.value)


def test_two_bodies_of_one_name_are_refused(tmp_path):
    folders = [body(tmp_path / "a", "voorbeeld"), body(tmp_path / "b", "voorbeeld")]
    with pytest.raises(manifest.ManifestError, match="exists already"):
        catalogue.load(folders)


def test_one_datum_has_one_provider(tmp_path):
    providing = SOUND.replace("[[datasets]]", '[[datasets]]\nprovides = "birth_date"')
    body(tmp_path, "een", providing)
    body(tmp_path, "twee", providing)
    with pytest.raises(manifest.ManifestError, match=r"een\.iets and twee\.iets both provide"):
        catalogue.load([tmp_path])


def test_a_question_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(manifest.ManifestError, match=r"line 20: .*niets\.xml does not exist"):
        catalogue.load([body(tmp_path, "voorbeeld", SOUND.replace("iets.xml", "niets.xml"))])


def test_a_body_from_elsewhere_may_have_more_than_one_file(tmp_path):
    body(tmp_path, "voorbeeld", code="from .other import read\n")
    (tmp_path / "voorbeeld/other.py").write_text("def read(content):\n    return [content]\n", "utf-8")
    (entry,) = catalogue.load([tmp_path]).entries
    assert entry.parse("fact") == ["fact"]


def test_a_body_that_cannot_be_imported_is_refused(tmp_path):
    with pytest.raises(manifest.ManifestError, match="cannot be imported"):
        catalogue.load([body(tmp_path, "voorbeeld", code="import does_not_exist\n")])


def with_lookup(folder: Path, beside: str = "") -> Path:
    magda = SOUND.split("[datasets.magda]\n")[1].replace("iets.xml", "namen.xml").replace("GeefIets", "GeefNaam")
    lookup = '[datasets.lookup]\nof = "x"\nsource = "voorbeeld-namen"\nparse = "name"\n'
    code = "def read(content):\n    return []\ndef name(content):\n    return [content]\n"
    body(folder, "voorbeeld", f"{SOUND}\n{lookup}[datasets.lookup.magda]\n{magda}{beside}", code)
    (folder / "voorbeeld/requests/namen.xml").write_text("<Inhoud><Nummer>${value}</Nummer></Inhoud>", "utf-8")
    return folder


def test_what_is_looked_up_is_no_dataset_but_an_entry_of_its_own_on_the_terms_of_one(tmp_path):
    known = catalogue.load([with_lookup(tmp_path)])
    (entry,), (lookup,) = known.entries, known.lookups
    assert (lookup.name, lookup.source, lookup.service.service) == (
        "voorbeeld.iets_lookup",
        "voorbeeld-namen",
        "GeefNaam",
    )
    assert (entry.name, entry.source, entry.service.service) == ("voorbeeld.iets", "voorbeeld-iets", "GeefIets")
    assert (entry.parse("x"), lookup.parse("x")) == ([], ["x"])
    assert lookup.question.template == "<Inhoud><Nummer>${value}</Nummer></Inhoud>"
    assert lookup.dataset.legal_basis == "decreet"


def test_what_is_looked_up_stands_in_the_register_with_its_dataset(tmp_path):
    (entry,) = catalogue.load([with_lookup(tmp_path)]).entries
    activity = entry.activity(Purpose("look at own data", "U bekijkt uw eigen gegevens."))
    assert activity.services == ("GeefIets/01.00.0000", "GeefNaam/01.00.0000")


@pytest.mark.parametrize("source", ["voorbeeld-iets", "voorbeeld-namen"])
def test_maintenance_may_be_of_a_source_or_of_a_lookups_source(tmp_path, source):
    (entry,) = catalogue.load([with_lookup(tmp_path, MAINTENANCE.replace("SOURCE", source))]).entries
    assert [time.source for time in entry.agency.manifest.maintenance] == [source]


@pytest.mark.parametrize(("transport", "table"), [("rest", "magda"), ("magda", "rest")])
def test_a_transport_needs_its_own_table(tmp_path, transport, table):
    wrong = SOUND.replace('transport = "magda"', f'transport = "{transport}"').replace(
        "datasets.magda", f"datasets.{table}"
    )
    with pytest.raises(manifest.ManifestError):
        catalogue.load([body(tmp_path, "voorbeeld", wrong)])
