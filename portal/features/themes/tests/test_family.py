"""What people read of a tree of descent: who is not in it is said only of an answer that is whole."""

import re
from typing import Any

import pytest
from django.template.loader import get_template

from portal.features.themes.arranging import tiles, windows
from portal.features.themes.descent.tests.test_trees import ROLES, answer
from portal.features.themes.paper import document
from portal.features.themes.tests.made import NOW, entry, shape_of
from portal.features.themes.tests.test_words import words_of
from portal.features.themes.types import Depth, Viewer
from portal.platform.sources.reading.outcomes import Missing, Outcome, Partial, Ready

TEMPLATES: dict[Depth, str] = {
    "lead": "themes/tile_lead.html",
    "theme": "themes/tile_theme.html",
    "all": "themes/tile.html",
}
AN, BO = ("An", "1954-01-19", False), ("Bo", "2016-02-20", False)
NOT_ENOUGH, NOT_ENOUGH_DRAWN = "Vraag het in uw gemeente.", "niet genoeg gegevens"
ONE_PARENT, NO_CHILDREN = "Er staat één ouder vermeld.", "Er staan bij u geen kinderen vermeld."
ABSENCES = (NOT_ENOUGH, NOT_ENOUGH_DRAWN, ONE_PARENT, NO_CHILDREN)
LACKS = (Missing("RR", "1", "busy"),)
TROUBLE = "Een deel ontbreekt: Body gaf geen antwoord."

families = pytest.mark.parametrize(
    ("parents", "children"), [((), ()), ((AN,), ()), ((AN, AN), ()), ((), (BO,)), ((AN,), (BO,))]
)


def page_of(outcome: Outcome, depth: Depth, *, is_about_child: bool = False) -> str:
    tile = tiles.tile_of(entry(tree=ROLES), outcome, depth, Viewer(is_about_child=is_about_child))
    tile = windows.arrange(tile, depth)
    return words_of(get_template(TEMPLATES[depth]).render({"tile": tile, **shape_of(depth)}))


def paper_of(outcome: Outcome) -> dict[str, Any]:
    (group,) = document.of_datasets([(entry(tree=ROLES), outcome)], title="-", who="-", now=NOW)["groups"]
    (block,) = group["blocks"]
    return block


def absences_in(text: str) -> set[str]:
    return {words for words in ABSENCES if words in text}


@families
@pytest.mark.parametrize("depth", TEMPLATES)
def test_a_tree_that_lacks_a_part_does_not_say_who_is_not_in_it(parents, children, depth):
    text = page_of(Partial(tuple(answer(parents, children)), LACKS, NOW), depth)
    assert TROUBLE in text
    assert absences_in(text) == set()
    for name, *_ in (*parents, *children):
        assert name in text
    # Nor does a heading stand above nobody.
    if depth != "lead":
        assert ("Uw ouders" in text, "Uw kinderen" in text) == (bool(parents), bool(children))


@families
def test_on_paper_neither(parents, children):
    block = paper_of(Partial(tuple(answer(parents, children)), LACKS, NOW))
    assert absences_in(str(block)) == set()
    headings = {section["heading"] for section in block["sections"]}
    assert ("Uw ouders" in headings, "Uw kinderen" in headings) == (bool(parents), bool(children))
    assert TROUBLE in block["trouble"]


@pytest.mark.parametrize(
    ("parents", "children", "said"),
    [
        ((), (), {NOT_ENOUGH, NO_CHILDREN}),
        ((AN,), (), {ONE_PARENT, NO_CHILDREN}),
        ((AN, AN), (BO,), set()),
        ((), (BO,), {NOT_ENOUGH, NOT_ENOUGH_DRAWN}),
    ],
)
def test_a_whole_tree_says_who_is_not_in_it(parents, children, said):
    outcome = Ready(tuple(answer(parents, children)), NOW)
    assert absences_in(page_of(outcome, "all")) == said
    assert absences_in(page_of(outcome, "theme")) == said - {NOT_ENOUGH_DRAWN}
    assert absences_in(page_of(outcome, "lead")) == (set() if parents or children else {NOT_ENOUGH})
    assert absences_in(str(paper_of(outcome))) == said - {NOT_ENOUGH_DRAWN, ONE_PARENT}


@pytest.mark.parametrize("depth", TEMPLATES)
def test_of_a_child_whose_facts_are_kept_back_no_family_is_shown(depth):
    text = page_of(Partial((), LACKS, NOW), depth, is_about_child=True)
    assert TROUBLE in text
    assert absences_in(text) == set()
    assert re.findall("Ouders|Kinderen|naam niet vermeld", text) == []
