"""What a manifest says for themes is read whole, or refused with file, line and cure."""

import pytest

from portal.features.themes import section
from portal.features.themes.tests.made import fact
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.sampled import collect_names
from portal.platform.sources.tests.bodies import SOUND, body

COMPARED = """
[datasets.compared]
birth_date = "born"
name = { whole = "name" }
of = { path = "Leden/Lid", number = "insz" }
"""


def test_what_is_compared_names_its_fact_keys(tmp_path):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + COMPARED)]).entries
    assert section.of(entry).compared.keys() == {"born", "name", "insz"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("birth_date", "shoe_size", "unknown field `shoe_size`"),
        ('"born"', '["born"]', "Expected `str`, got `array`"),
        ('{ whole = "name" }', "{ }", "either `given` and `family`, or `whole`"),
        ('{ whole = "name" }', '{ given = "first" }', "either `given` and `family`, or `whole`"),
        ('{ whole = "name" }', '{ whole = "a", given = "b", family = "c" }', "either `given` and `family`, or"),
        ('name = { whole = "name" }', 'address = { street = "s", box = "b" }', "among which `postcode` or `muni"),
        ('name = { whole = "name" }', 'address = { whole = "a", postcode = "p" }', "either `whole`, or parts"),
        ('birth_date = "born"\nname = { whole = "name" }\n', "", "names no fact to compare"),
        (', number = "insz"', "", "missing required field `number`"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, old, new, said):
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load([body(tmp_path, "voorbeeld", SOUND + COMPARED.replace(old, new))])
    assert said in str(refused.value)


def test_theme_that_there_is_not_is_refused_at_its_line(tmp_path):
    body(tmp_path, "voorbeeld", SOUND.replace('theme = "gezin"', 'theme = "natuur"'))
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load([tmp_path])
    assert str(refused.value) == (
        f"A manifest cannot be used. {tmp_path}/voorbeeld/agency.toml, line 7: "
        "there is no theme 'natuur' - at `$.datasets[0]`; write one of: gezin, werk, onderwijs, voordelen."
    )


def test_tile_without_its_words_is_refused(tmp_path):
    body(tmp_path, "voorbeeld", SOUND.replace('about = "Iets over u."\n', ""))
    with pytest.raises(manifest.ManifestError, match=r"line 4: Object missing required field `about`"):
        catalogue.load([tmp_path])


def test_documents_inside_an_element_that_repeats_are_lacking():
    document = section.DocumentKeys(path="Kaarten/Kaart", ends=("until",), one="Uw kaart", renew="Vraag een andere.")
    keys = section.TileKeys(theme="gezin", about="-", when_nothing="-", document=document)
    for place in ("Kaarten/Kaart/Tot", "Kaarten/Kaart[1]/Tot"):
        assert keys.lacks(collect_names([fact("until", "2027-03-03", place)])) == ()
    assert keys.lacks(collect_names([fact("until", "2027-03-03", "Kaarten[1]/Kaart[1]/Tot")])) == (
        "`path` of [datasets.document]: parse.py reads Kaarten, around Kaarten/Kaart, as an element that repeats; "
        "write the path of one around which nothing repeats",
    )


def test_an_empty_history_sends_nobody_to_town_hall():
    """Who has a full identity and no history is registered all the same, and has nothing to do."""
    histories = [entry for entry in catalogue.installed().entries if entry.dataset.history]
    assert len(histories) >= 2
    assert {section.of(entry).when_nothing for entry in histories} == {
        "Hierover kregen wij niets. Dat verandert niets aan uw inschrijving."
    }


def test_only_a_list_of_people_can_hold_who_reads():
    about = {entry.name: entry.dataset.items.about for entry in catalogue.installed().entries if entry.dataset.items}
    assert [name for name, what in about.items() if what] == ["rijksregister.gezin"]
    assert len(about) > 5
