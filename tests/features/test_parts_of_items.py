"""What is one of several inside an item has a name of its own on every page, on paper, in search and in a report."""

from itertools import chain

from django.template.loader import get_template
from lxml import html

from portal.features.corrections import naming as parts
from portal.features.corrections import rules as corrections
from portal.features.themes.arranging import ranking, tiles, windows
from portal.features.themes.paper import document
from portal.features.themes.search import results, terms
from portal.features.themes.tests.made import NOW, entry, fact
from portal.features.themes.types import Viewer
from portal.platform.sources import itemizing
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.outcomes import Ready

ITEMS = Items("leningen", "lening", "leningen", ("library",), ("month",))
BOOKS = [("De avonden", "2026-12-01"), ("Max Havelaar", "2026-12-08")]
LOAN = [
    fact("library", "Gent", "leningen[1]/plaats"),
    fact("month", "2026-10-00", "leningen[1]/maand", "date"),
    *chain.from_iterable(
        (
            fact("book", title, f"leningen[1]/boeken[{n}]/titel"),
            fact("due", due, f"leningen[1]/boeken[{n}]/op", "date"),
        )
        for n, (title, due) in enumerate(BOOKS, 1)
    ),
]
OUTCOME = Ready(tuple(LOAN), NOW)
NAMED = entry(items=ITEMS, groups={"boeken": "Boek"})
UNNAMED = entry(items=ITEMS)
FIRST, SECOND = "leningen[1]/boeken[1]", "leningen[1]/boeken[2]"


def test_facts_inside_an_item_are_cut_by_what_is_one_of_several():
    for of in (NAMED, UNNAMED):
        found = itemizing.cut_item("leningen[1]", LOAN, of.dataset.groups)
        assert {place: [one.value for one in facts] for place, facts in found.items()} == {
            "leningen[1]": ["Gent", "2026-10-00"],
            FIRST: ["De avonden", "2026-12-01"],
            SECOND: ["Max Havelaar", "2026-12-08"],
        }


def test_what_stands_there_once_or_says_one_thing_is_no_part_without_a_heading():
    once = [one for one in LOAN if not one.path.startswith(SECOND)]
    assert list(itemizing.cut_item("leningen[1]", once, {})) == ["leningen[1]"]
    assert list(itemizing.cut_item("leningen[1]", once, {"boeken": "Boek"})) == ["leningen[1]", FIRST]
    names = [fact("name", name, f"leningen[1]/namen[{n}]") for n, name in ((1, "An"), (2, "Bo"))]
    assert list(itemizing.cut_item("leningen[1]", names, {})) == ["leningen[1]"]


def test_a_part_is_called_by_its_heading_and_what_is_said_of_it_first():
    found = itemizing.cut_item("leningen[1]", LOAN, {})
    assert itemizing.name_of_part(FIRST, found[FIRST], {"boeken": "Boek"}) == "Boek: De avonden"
    assert itemizing.name_of_part(FIRST, found[FIRST], {}) == "De avonden"


def test_the_page_of_a_dataset_names_each_part():
    tile = windows.arrange(tiles.tile_of(NAMED, OUTCOME, "all", Viewer()), "all")
    shape = {"about": "", "now": NOW, "depth": "all", "level": "h2", "asked_again": ()}
    page = html.fragment_fromstring(get_template("themes/tile.html").render({"tile": tile, **shape}))
    assert [one.text_content() for one in page.xpath(".//h4")] == ["Boek: De avonden", "Boek: Max Havelaar"]
    first = page.xpath(".//h4[1]/following-sibling::dl[1]")[0]
    assert [one.text_content() for one in first.xpath("./dd")] == ["De avonden", "1 december 2026"]


def test_the_page_of_an_item_keeps_each_part_together():
    tile = tiles.tile_of(UNNAMED, OUTCOME, "all", Viewer())
    ranked = ranking.of_item(tile.items[0], UNNAMED)
    lists = [[row.fact.value for row in rows] for fold in ranked.folds for rows in fold.lists]
    assert lists[-2:] == [["De avonden", "2026-12-01"], ["Max Havelaar", "2026-12-08"]]
    folds = ranking.of_item(tile.items[0], NAMED).folds
    assert [(fold.heading, len(fold.lists)) for fold in folds] == [("Boek", 2), ("", 1)]


def test_paper_names_each_part():
    made = document.of_datasets([(NAMED, OUTCOME)], title="Alles", who="An", now=NOW)
    sections = made["groups"][0]["blocks"][0]["sections"]
    assert [(one["heading"], one["level"]) for one in sections] == [
        ("Gent", 4),
        ("Boek: De avonden", 5),
        ("Boek: Max Havelaar", 5),
    ]


def test_a_search_says_in_which_part_it_found_something():
    found = results.result_of(NAMED, OUTCOME, terms.read("Havelaar"))
    assert found
    headings = ["".join(text for text, _ in part.heading) for part in found.parts]
    assert headings == ["Gent · Boek: Max Havelaar"]


def test_a_report_says_which_part_it_is_about():
    seen = corrections.find_datum(OUTCOME, corrections.handle_of(LOAN[5]), NAMED.dataset)
    assert seen
    assert (seen.part, seen.value) == ("Gent · oktober 2026 · Boek: Max Havelaar", "8 december 2026")
    choices = corrections.choices_of(LOAN, NAMED.dataset)
    assert [choice.name for choice in choices] == [
        "Gent · oktober 2026",
        "Gent · oktober 2026 · Boek: De avonden",
        "Gent · oktober 2026 · Boek: Max Havelaar",
    ]
    assert set(parts.parts_of(LOAN, NAMED.dataset)) == {"leningen[1]", FIRST, SECOND}
