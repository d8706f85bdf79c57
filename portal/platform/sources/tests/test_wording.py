"""Translations of a manifest: read in the language that holds, refused at their line."""

import pytest

from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.sections import RegisteredSections, registered

from .bodies import SOUND, body
from .town import LOOK

ITEMS = """
[datasets.items]
path = "Dingen/Ding"
one = "ding"
many = "dingen"
title = ["name"]
"""
ENGLISH = """
[datasets.en]
title = "Something"
about = "Something about you."

[datasets.en.items]
many = "things"

[datasets.en.correction]
contact = "Call the service."
"""
CORRECTION = '\n[datasets.correction]\nkind = "contact"\ncontact = "Bel de dienst."\n'
OF_BODY = '[names]\nVBD = "de Databank"\n\n[en]\nname = "Example"\n\n[en.names]\nVBD = "the Database"\n\n[['
WHOLE = SOUND.replace("[[", OF_BODY, 1) + ITEMS + CORRECTION + ENGLISH


def only(tmp_path, text=WHOLE):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld", text)]).entries
    return entry


def texts_of(entry, language):
    with speaking(language):
        keys = [section.of(entry) for section in entry.sections]
        about = next(keys.about for keys in keys if hasattr(keys, "about"))
        contact = next(keys.correction.contact for keys in keys if hasattr(keys, "correction"))
        items, agency = entry.words.items, entry.agency
        return [entry.words.title, about, items.one, items.many, contact, agency.words.name, agency.name_of("vbd")]


def test_texts_are_read_in_the_language_that_holds(tmp_path):
    entry = only(tmp_path)
    dutch = ["Iets", "Iets over u.", "ding", "dingen", "Bel de dienst.", "Voorbeeld", "de Databank"]
    english = ["Something", "Something about you.", "ding", "things", "Call the service.", "Example", "the Database"]
    assert (texts_of(entry, "nl"), texts_of(entry, "en"), texts_of(entry, "fr")) == (dutch, english, dutch)
    assert not any(isinstance(text, InDutch) for text in texts_of(entry, "nl"))
    assert [text for text in texts_of(entry, "en") if isinstance(text, InDutch)] == ["ding"]
    assert all(isinstance(text, InDutch) for text in texts_of(entry, "fr"))


def test_a_language_is_made_once(tmp_path):
    entry = only(tmp_path)
    with speaking("en"):
        assert entry.words is entry.words
    assert entry.words is entry.dataset


def test_what_is_asked_and_written_in_the_journal_is_the_same_in_every_language(tmp_path):
    entry = only(tmp_path)
    plain = only(tmp_path / "plain", SOUND)
    with speaking("en"):
        activity = entry.activity(LOOK)
        assert (activity.title, activity.body_name) == ("Iets", "Voorbeeld")
        assert (activity, entry.question) == (plain.activity(LOOK), plain.question)


def test_an_origin_that_has_no_name_is_the_body_in_each_language(tmp_path):
    entry = only(tmp_path)
    with speaking("en"):
        assert (entry.agency.name_of("VBD"), entry.agency.name_of("Voorbeeld")) == ("the Database", "Example")
    assert entry.agency.name_of("Voorbeeld") == "Voorbeeld"


@pytest.mark.parametrize(
    ("keys", "english", "dutch", "other"),
    [
        ('name = "Rijksregister"\narticle = "het"', "", "Rijksregister, het Rijksregister, Het Rijksregister", ""),
        (
            'name = "Dienst voor Werk"\nshort_name = "DW"\narticle = "de"',
            'name = "Service for Work"',
            "DW, de DW, De DW",
            "",
        ),
        (
            'name = "Dienst voor Werk"\nshort_name = "vdab"',
            'short_name = "work"',
            "vdab, vdab, Vdab",
            "work, work, Work",
        ),
        (
            'name = "Dienst"\narticle = "de"',
            'name = "Service"',
            "Dienst, de Dienst, De Dienst",
            "Service, Service, Service",
        ),
        (
            'name = "Dienst"\narticle = "de"',
            'name = "Service"\narticle = "the"',
            "Dienst, de Dienst, De Dienst",
            "Service, the Service, The Service",
        ),
    ],
)
def test_a_body_is_named_in_a_sentence_in_each_language(tmp_path, keys, english, dutch, other):
    text = SOUND.replace('name = "Voorbeeld"', keys, 1).replace("[[", f"[en]\n{english}\n[[" if english else "[[", 1)
    agency = only(tmp_path, text).agency
    assert called(agency) == dutch
    with speaking("en"):
        assert called(agency) == (other or dutch)
        in_dutch = [agency.words.short, agency.words.mention, agency.words.opening]
        assert [isinstance(name, InDutch) for name in in_dutch] == [not other] * 3


def called(agency):
    return f"{agency.words.short}, {agency.words.mention}, {agency.words.opening}"


def test_an_article_that_there_is_not_is_refused(tmp_path):
    text = SOUND.replace('name = "Voorbeeld"', 'name = "Voorbeeld"\narticle = "die"', 1)
    with pytest.raises(manifest.ManifestError, match=r"agency\.toml, line 2: .*article"):
        only(tmp_path, text)


def line_of(text: str, line: str) -> int:
    return text.splitlines().index(line) + 1


@pytest.mark.parametrize(
    ("was", "becomes", "line", "what"),
    [
        ('many = "things"', 'meny = "things"', 'meny = "things"', r"\[datasets\.en\]: `meny` is no text"),
        ('title = "Something"', 'titel = "Something"', 'titel = "Something"', "`titel` is no text"),
        ('title = "Something"', "title = 3", "title = 3", "`title` is no text"),
        ('title = "Something"', 'source = "elsewhere"', 'source = "elsewhere"', "`source` is no text"),
        ('about = "Something about you."', 'theme = "werk"', 'theme = "werk"', "`theme` is no text"),
        ("[datasets.en.items]", "[datasets.en.magda]", "[datasets.en.magda]", "`magda` is no text"),
        ('contact = "Call the service."', 'kind = "link"', 'kind = "link"', "`kind` is no text"),
        ("[datasets.en.correction]", "[datasets.en.tree]", "[datasets.en.tree]", "`tree` is not there in Dutch"),
        (
            'VBD = "the Database"',
            'VBT = "the Database"',
            'VBT = "the Database"',
            r"\[en\]: `VBT` is not there in Dutch",
        ),
        (
            'name = "Example"',
            'website = "https://e.example"',
            'website = "https://e.example"',
            "`website` is no text",
        ),
        ("[datasets.en]\n", "[datasets.nl]\n", "[datasets.nl]", "Dutch is what stands outside"),
    ],
)
def test_a_table_that_says_anything_else_is_refused_at_its_line(tmp_path, was, becomes, line, what):
    assert was in WHOLE
    text = WHOLE.replace(was, becomes)
    with pytest.raises(manifest.ManifestError, match=rf"agency\.toml, line {line_of(text, line)}: .*{what}.*; .*\."):
        only(tmp_path, text)


def test_a_language_that_there_is_not_is_an_unknown_key(tmp_path):
    text = WHOLE.replace("datasets.en", "datasets.xx")
    with pytest.raises(manifest.ManifestError, match="unknown field `xx`"):
        only(tmp_path, text)


def test_a_language_that_is_not_on_offer_may_stand(tmp_path):
    entry = only(tmp_path, WHOLE.replace("datasets.en", "datasets.tr"))
    assert texts_of(entry, "tr")[0] == "Something"


def test_the_second_of_two_datasets_has_its_own_lines(tmp_path):
    more = SOUND[SOUND.index("[[datasets]]") :].replace('"iets"', '"meer"')
    text = WHOLE + "\n" + more + '\n[datasets.en]\ntitel = "More"\n'
    with pytest.raises(manifest.ManifestError, match=rf"line {line_of(text, 'titel = "More"')}: "):
        only(tmp_path, text)


@pytest.mark.parametrize("keys", ["titel", "items.meny"])
def test_translations_on_one_line_are_refused_there_and_not_in_the_next_dataset(tmp_path, keys):
    inline = f'en = {{ {keys} = "Something" }}'
    first = (SOUND + ITEMS).replace("[[datasets]]", f"[[datasets]]\n{inline}")
    more = SOUND[SOUND.index("[[datasets]]") :].replace('"iets"', '"meer"')
    text = f'{first}\n{more}\n[datasets.en]\ntitle = "More"\n'
    with pytest.raises(manifest.ManifestError, match=rf"line {line_of(text, inline)}: .*`.*{keys[-4:]}` is no text"):
        only(tmp_path, text)


def test_texts_of_a_feature_that_is_not_here_may_stand(tmp_path):
    folder = body(tmp_path, "voorbeeld", WHOLE)
    (entry,) = catalogue.load([folder], RegisteredSections((), registered().all)).entries
    with speaking("en"):
        assert (entry.words.title, entry.words.items.many) == ("Something", "things")
