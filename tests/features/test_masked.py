"""A national number is masked wherever it is shown, whatever a manifest uses it for: a title, a name, an address."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.template.loader import get_template

from portal.features.corrections import naming as parts
from portal.features.corrections import rules as corrections
from portal.features.themes import section
from portal.features.themes.arranging import ranking, tiles, windows
from portal.features.themes.arranging.types import Tile
from portal.features.themes.descent import trees
from portal.features.themes.home import card_lines
from portal.features.themes.paper import document
from portal.features.themes.search import results, terms
from portal.features.themes.tests.made import NOW, entry
from portal.features.themes.together import differences, naming, timeline
from portal.features.themes.types import Viewer
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Ready

NUMBER, MASKED = "84651421235", "84.65.14-•••.••"
TODAY = date(2026, 3, 3)


def number(key: str, path: str) -> Fact:
    return Fact(key, "Nummer", NUMBER, "national_number", path)


def day(path: str) -> Fact:
    return Fact("since", "Sinds", "2019-05-01", "date", path)


LIST = Ready(tuple(one for n in (1, 2) for one in (number("id", f"D/E[{n}]/I"), day(f"D/E[{n}]/S"))), NOW)
ITEMS = entry(items=Items("D/E", "lid", "leden", ("id",), ("id",), ("since",), (), "people"))
PERIODS = Ready((number("id", "P/K[1]/I"), day("P/K[1]/@Van")), NOW)
HISTORY = entry(groups={"K": "Kind"}, history=HistoryRules("@Van", "@Tot", titles=("id",)))
LOOSE = Ready((number("id", "I"), day("S")), NOW)
LED = entry(highlights=("id",), first=("id",), essential=("id",))
PEOPLE = section.PeopleKeys("O/P", "ouder", "id", ("id",))
TREE = entry(
    tree=section.TreeKeys(
        number="id",
        name=("id",),
        birth_date="born",
        death_date="died",
        kind="id",
        town="id",
        nowhere="uw gemeente",
        unknown="Vraag het in ${town}.",
        help="Ga naar ${town}.",
        parents=PEOPLE,
        children=section.PeopleKeys("O/Q", "kind", "id", ("id",)),
    )
)
FAMILY = Ready((number("id", "I"), number("id", "O/P[1]/I"), number("id", "O/Q[1]/I")), NOW)
NOBODY = Ready((number("id", "I"),), NOW)
COMPARED = section.ComparedKeys(
    name=section.NameKeys(whole="id"), address=section.AddressKeys(whole="id"), national_number="id", birth_place="id"
)
DATASETS = [(ITEMS, LIST), (HISTORY, PERIODS), (LED, LOOSE), (TREE, FAMILY), (TREE, NOBODY)]


def tiles_of(of: DatasetEntry, outcome: Ready) -> Iterator[Tile]:
    for depth in ("lead", "theme", "all"):
        yield windows.arrange(tiles.tile_of(of, outcome, depth, Viewer()), depth)


def on_tiles(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    """Give the texts of a dataset's tile on the overview, on the page of its theme and on its own."""
    shape = {"about": "", "now": NOW, "asked_again": (), "kept": "", "theme": "gezin", "may_ask_again": True}
    templates = ("tile_lead", "tile_theme", "tile")
    for tile, name, depth in zip(tiles_of(of, outcome), templates, ("lead", "theme", "all"), strict=True):
        level = {"level": "h2", "depth": depth, "page": "/p/", "tile": tile}
        yield get_template(f"themes/{name}.html").render(shape | level)


def on_the_home_page(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    line = card_lines.line_of(of, tiles.tile_of(of, outcome, "lead", Viewer()))
    if line:
        yield f"{line.value} {line.detail}"


def on_pages_of_items(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    for item in tiles.tile_of(of, outcome, "all", Viewer()).items:
        tile = tiles.tile_of_item(of, outcome, item, Viewer())
        ranked = get_template("themes/_ranked.html").render({"tile": tile, "ranked": ranking.of_item(item, of)})
        yield f"{item.title} {ranked} {document.of_item(tile, item, who='An', now=NOW)}"


def on_paper(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    yield str(document.of_datasets([(of, outcome)], title="Alles", who="An", now=NOW))


def in_a_search(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    """Give what is found, also by somebody who looks for the whole number."""
    for words in ("Nummer", NUMBER, "84.65.14"):
        found = results.result_of(of, outcome, terms.read(words))
        for part in found.parts if found else ():
            pieces = [*part.heading, *(piece for row in part.rows for piece in (*row.label, *row.value))]
            yield "".join(text for text, _ in pieces)


def on_the_timeline(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    found = timeline.timeline_of([(of, outcome)], [], Viewer(), TODAY)
    for decade in found.decades:
        yield from (f"{line.words} {line.title} {line.called}" for year in decade.years for line in year.events)


def in_a_report(of: DatasetEntry, outcome: Ready) -> Iterator[str]:
    """Give how a report names the part of an answer, and the datum itself."""
    for fact in outcome.value:
        seen = corrections.find_datum(outcome, corrections.handle_of(fact), of.dataset)
        assert seen
        yield f"{seen.part} {seen.value}"
    yield from (choice.name for choice in corrections.choices_of(outcome.value, of.dataset))
    found = parts.parts_of(outcome.value, of.dataset)
    yield from (parts.name_of(place, found, of.dataset) for place in found)


PLACES = (on_tiles, on_the_home_page, on_pages_of_items, on_paper, in_a_search, on_the_timeline, in_a_report)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_national_number_is_masked_wherever_a_dataset_shows_it(
    place: Callable[[DatasetEntry, Ready], Iterator[str]],
) -> None:
    texts = [text for of, outcome in DATASETS for text in place(of, outcome)]
    assert any(MASKED in text for text in texts)
    assert [text for text in texts if NUMBER in text] == []


def test_a_national_number_is_masked_where_sources_are_laid_side_by_side() -> None:
    said = differences.claims_in(entry(compared=COMPARED), LOOSE, insz=NUMBER, today=TODAY)
    assert {one.text for of_kind in said.values() for one in of_kind} == {MASKED}
    assert set(said) == {"name", "address", "national_number", "birth_place"}


def test_a_national_number_is_masked_as_a_name() -> None:
    roles = section.PersonNameKeys(("id",), ("id",), "Vraag het.")
    assert naming.compare_name("An", "Peeters", LOOSE.value, roles).known_as == f"{MASKED} {MASKED}"
    roles_of_tree = section.of(TREE).tree
    assert roles_of_tree
    tree = trees.tree_of(FAMILY.value, roles_of_tree)
    assert {one.name for one in (tree.root, *tree.parents, *tree.children)} == {MASKED}
    # What is asked with stays whole.
    assert {one.number for one in (tree.root, *tree.parents, *tree.children)} == {NUMBER}
