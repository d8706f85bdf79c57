"""What a body says is in the reader's language where the body says it so, and marked as Dutch where it does not."""

import re
from datetime import date

import msgspec
import pytest
from django.template.loader import get_template

from portal.features.themes.arranging import tiles, windows
from portal.features.themes.arranging.summary import summary_of
from portal.features.themes.arranging.types import PageSummary
from portal.features.themes.paper import document
from portal.features.themes.search import results
from portal.features.themes.search.terms import read
from portal.features.themes.section import PeopleKeys, TreeKeys
from portal.features.themes.tests.made import NOW, entry, shape_of
from portal.features.themes.together.timeline import timeline_of
from portal.features.themes.types import Viewer
from portal.platform.language.current import speaking
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Missing, Nothing, Outcome, Partial, Ready

# A text that is translated has a twin that is not.
WORDS = {
    "title": "Bewijzen",
    "explanation": "Wat men moet weten.",
    "when_nothing": "Vraag het.",
    "explained": {"name": "Hoe het heet.", "year": "Wanneer het was."},
    "groups": {"Naam": "Naam", "Jaar": "Jaar"},
    "essential": ["more"],
}
ENGLISH = {"title": "Certificates", "explained": {"name": "What it is called."}, "groups": {"Naam": "Name"}}
FACTS = (
    Fact("name", "Naam", "Duits", "text", "Naam/Tekst"),
    Fact("year", "Jaar", "2019", "text", "Jaar/Tekst"),
    # So many that they are folded.
    *(Fact("more", f"Meer {n}", str(n), "text", f"Meer[{n}]") for n in range(8)),
)


def in_languages(of: DatasetEntry, **english: object) -> DatasetEntry:
    return msgspec.structs.replace(of, languages={"en": english})


# On a page of its own the title stands above already.
HEADING = 'h2 class="visually-hidden"'
DT = 'dt id="body-bewijzen-year"'
TOLD = in_languages(entry("bewijzen", **WORDS), **ENGLISH)


def tile(of: DatasetEntry, outcome: Outcome, language: str, depth: str = "all") -> str:
    with speaking(language):
        arranged = windows.arrange(tiles.tile_of(of, outcome, depth), depth)
        return get_template("themes/tile.html").render({"tile": arranged, **shape_of(depth)})


def elements(page: str, text: str) -> list[str]:
    """List the tags right before a text, but in drawings."""
    return re.findall(rf"<((?!text )[a-z0-9]+[^>]*)>{re.escape(text)}<", page)


def test_a_tile_says_what_it_can_in_english_and_marks_the_rest():
    page = tile(TOLD, Ready(FACTS, NOW), "en")
    assert elements(page, "Certificates") == [HEADING]
    assert elements(page, "Wat men moet weten.") == ['p lang="nl"']
    assert (elements(page, "Name"), elements(page, "Jaar")) == (["summary"], ['summary lang="nl"', DT])
    # Within the list of facts, which is in Dutch.
    assert elements(page, "What it is called.") == ['p lang="en"']
    assert elements(page, "Wanneer het was.") == ["p"]


def test_a_tile_in_dutch_is_not_marked():
    page = tile(TOLD, Ready(FACTS, NOW), "nl")
    assert "lang=" not in page
    assert [elements(page, text) for text in ("Bewijzen", "Naam", "Jaar")] == [
        [HEADING],
        ["summary", 'dt id="body-bewijzen-name"'],
        ["summary", DT],
    ]


ITEMS = Items("Dingen/Ding", "ding", "dingen", ("name",), when=("year",))
THINGS = in_languages(entry("dingen", items=ITEMS), items={"one": "thing"})


def things(count: int) -> Ready:
    named = [Fact("name", "Naam", f"Ding {n}", "text", f"Dingen/Ding[{n}]/Naam") for n in range(count)]
    return Ready((*named, Fact("year", "Jaar", "2019-2020", "text", "Dingen/Ding[0]/Jaar")), NOW)


@pytest.mark.parametrize(("count", "words"), [(1, "<p>1 thing</p>"), (2, '<p>2 <span lang="nl">dingen</span></p>')])
def test_items_are_counted_in_the_language_of_the_page(count, words):
    assert words in tile(THINGS, things(count), "en")


def test_nothing_says_what_to_do_in_dutch_where_the_body_says_it_so():
    assert elements(tile(TOLD, Nothing(NOW), "en"), "Vraag het.") == ['p lang="nl"']


def test_who_kept_silent_is_named_by_the_words_of_the_body():
    of = entry(names={"A": "de ene", "B": "de andere"})
    agency = msgspec.structs.replace(of.agency, languages={"en": {"names": {"A": "the one"}}})
    outcome = Partial((), (Missing("A", "1", "busy"), Missing("B", "1", "busy")), NOW)
    page = tile(msgspec.structs.replace(of, agency=agency), outcome, "en")
    assert 'the one and <span lang="nl">de andere</span> ' in page


def people(element: str, one: str) -> PeopleKeys:
    return PeopleKeys(element, one, "number", ("relative",), "born", words={"m": f"{one} (m)"}, sex="sex")


ROLES = TreeKeys(
    *("own", ("own_name",), "own_born", "own_died", "kind", "town", "uw gemeente"),
    "Ga naar ${town}.",
    "Vraag het in ${town}.",
    people("Ouder", "ouder"),
    people("Kind", "kind"),
)
DESCENT = in_languages(
    entry("afstamming", tree=ROLES),
    tree={"nowhere": "your municipality", "help": "Ask in ${town}.", "parents": {"one": "parent"}},
)


def test_a_tree_says_of_each_relative_what_they_are_in_either_language():
    relatives = [Fact("relative", "Naam", name, "text", f"{name}/Naam") for name in ("Ouder[1]", "Kind[1]")]
    sexes = [Fact("sex", "Geslacht", "m", "text", "Ouder[2]/G"), Fact("relative", "Naam", "Bo", "text", "Ouder[2]/N")]
    page = tile(DESCENT, Ready((*relatives, *sexes), NOW), "en", "theme")
    assert elements(page, "parent") == ['span class="small"']
    assert elements(page, "ouder (m)") == ['span class="small" lang="nl"']
    assert elements(page, "kind") == ['span class="small" lang="nl"']
    assert elements(page, "Ask in your municipality.") == ["p"]
    alone = tile(DESCENT, Ready((Fact("kind", "Soort", "onbekend", "text", "S"),), NOW), "en", "theme")
    assert elements(alone, "Ga naar your municipality.") == ['p lang="nl"']
    assert '<span lang="nl">onbekend</span>' in alone


def test_search_finds_the_words_that_a_page_shows():
    found = (TOLD, Ready(FACTS, NOW))
    with speaking("en"):
        result = results.result_of(*found, read("certificates name"))
        assert result
        assert [(part.heading, part.is_in_dutch) for part in result.parts] == [([("Name", True)], False)]
        (jaar,) = results.result_of(*found, read("2019")).parts
        assert jaar.is_in_dutch
        assert results.result_of(*found, read("bewijzen")) is None
    assert results.result_of(*found, read("bewijzen"))


HISTORY = in_languages(
    entry("historiek", history=HistoryRules("@Van", "@Tot"), groups={"Adres": "Adres", "Naam": "Naam"}),
    groups={"Adres": "Address"},
)


def test_a_timeline_marks_what_is_in_dutch():
    facts = [Fact("x", "X", "Gent", "text", f"{name}[1]/X") for name in ("Adres", "Naam")]
    since = [Fact("since", "Van", "2019-01-01", "date", f"{name}[1]/@Van") for name in ("Adres", "Naam")]
    with speaking("en"):
        found = [(HISTORY, Ready((facts[0], since[0], facts[1], since[1]), NOW)), (THINGS, things(2))]
        line = timeline_of(found, [], Viewer(), date(2026, 3, 3))
        context = {
            "timeline": line,
            "coverage": line.coverage,
            "title": "",
            "here": "",
            "sealed": "",
            "session": None,
        }
        page = get_template("themes/timeline.html").render({**CHROME, **context})
    assert elements(page, "Address: Gent") == ['p class="what"']
    assert elements(page, "Naam: Gent") == ['p class="what" lang="nl"']
    assert elements(page, "Jaar 2019-2020") == ['p class="when" lang="nl"']
    assert ">Historiek</a> · <span lang=" in page


CHROME = {
    "who": None,
    "navigation": (),
    "bell": None,
    "languages": (),
    "to_come_back": "",
    "questions": (),
    "request": None,
}


def test_the_closing_line_marks_names_of_datasets():
    with speaking("en"):
        other = entry("ander")
        found = [(TOLD, Partial((), (), NOW)), (other, Partial((), (), NOW)), (THINGS, things(1))]
        summary = summary_of(found)
        page = get_template("themes/close.html").render({"summary": summary, "depth": "theme", "pdf": "", "kept": ""})
    assert isinstance(summary, PageSummary)
    assert 'Certificates, <span lang="nl">Ander</span>.' in page


def test_a_pdf_has_the_texts_of_its_language():
    with speaking("en"):
        (group,) = document.of_datasets([(TOLD, Ready(FACTS, NOW))], title="x", who="x", now=NOW)["groups"]
    (block,) = group["blocks"]
    assert (block["title"], [section["heading"] for section in block["sections"]]) == (
        "Certificates",
        ["Name", "Jaar", ""],
    )
