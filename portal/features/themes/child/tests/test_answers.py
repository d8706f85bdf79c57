"""What a parent sees of the answers about a child: never that a body has nothing, when we keep back what it has."""

from datetime import date

import pytest
from django.template.loader import get_template

from portal.features.themes import queries, section
from portal.features.themes.arranging import rendering
from portal.features.themes.child import answers
from portal.features.themes.child.answers import NamedChild
from portal.features.themes.descent import trees
from portal.features.themes.descent.tests.test_trees import ROLES
from portal.features.themes.tests.made import NOW, entry, fact, shape_of
from portal.features.themes.tests.test_words import words_of
from portal.features.themes.types import Viewer
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Missing, Nothing, Outcome, Partial, Ready

TODAY = date(2026, 3, 3)
PARENT, CHILD = "84651421235", "16622024650"
PERSON, DESCENT = "rijksregister.persoon", "rijksregister.afstamming"
OF_PARENT = (
    fact("insz", PARENT, "Persoon/INSZ"),
    fact("child_insz", CHILD, "Persoon/AfstammingDalendeLijn/Kind/INSZ"),
    fact("child_birth_date", "2016-02-20", "Persoon/AfstammingDalendeLijn/Kind/Geboortedatum", "date"),
)
OF_CHILD = (
    fact("insz", CHILD, "Persoon/INSZ"),
    fact("birth_date", "2016-02-20", "Persoon/Geboorte/Datum", "date"),
    fact("parent_insz", PARENT, "Persoon/Ouders/Ouder[1]/INSZ"),
)
KEPT_BACK = fact("managed_by", "Lier", "Persoon/Beheerder/Plaats")
REMARK = Fact("note", "Opmerking", "U hebt een nieuw nummer.", "note", "Uitzonderingen/Uitzondering[1]")
LACKS = (Missing("RR", "1", "busy"),)
SEES_NONE = "Als ouder krijgt u deze gegevens van uw kind hier niet te zien."


def seen_of(of_person: Outcome) -> Outcome:
    """Judge the answers about a child whose descent names the parent; give what is shown of the identity."""
    by_name = {one.name: one for one in queries.for_children()}
    descent = by_name[DESCENT]
    tree = trees.tree_of(OF_PARENT, section.of(descent).tree)
    named = NamedChild(tree.children[0], tree, descent, frozenset((PARENT,)))
    found = [(descent, Ready(OF_CHILD, NOW)), (by_name[PERSON], of_person)]
    judged = answers._judge(named, found, TODAY)
    assert judged.verdict == "allowed"
    return {one.name: outcome for one, outcome in judged.outcomes}[PERSON]


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        (Ready((KEPT_BACK,), NOW), Ready((), NOW)),
        (Ready((KEPT_BACK, REMARK), NOW), Ready((REMARK,), NOW)),
        (Ready((KEPT_BACK, OF_CHILD[0]), NOW), Ready(OF_CHILD[:1], NOW)),
        (Partial((KEPT_BACK,), LACKS, NOW), Partial((), LACKS, NOW)),
        (Nothing(NOW), Nothing(NOW)),
    ],
)
def test_an_answer_of_which_all_is_kept_back_is_still_an_answer(outcome, seen):
    assert seen_of(outcome) == seen
    # What the session keeps of it is judged again at the next look.
    assert seen_of(seen) == seen


ITEMS = Items("Leden/Lid", "lid", "leden", ("name",))
HISTORY = HistoryRules("@Van", "@Tot")


async def page_of(outcome: Outcome, *, is_about_child: bool = True, **changes) -> str:
    tile = await rendering.arrange(entry(**changes), outcome, "all", Viewer(is_about_child=is_about_child))
    return words_of(get_template("themes/tile.html").render({"tile": tile, **shape_of("all")}))


@pytest.mark.parametrize(
    "changes", [{}, {"items": ITEMS}, {"tree": ROLES}, {"history": HISTORY, "groups": {"Lid": "Lid"}}]
)
@pytest.mark.parametrize("value", [(), (REMARK,)])
async def test_a_parent_reads_that_they_see_none_of_it_and_not_that_there_is_none(changes, value):
    text = await page_of(Ready(value, NOW), **changes)
    assert SEES_NONE in text
    assert "geen gegevens" not in text


async def test_it_is_said_of_nothing_else():
    assert "Body heeft hierover geen gegevens over uw kind." in await page_of(Nothing(NOW))
    for outcome in (Nothing(NOW), Partial((), LACKS, NOW), Ready((fact("name", "An"),), NOW)):
        assert SEES_NONE not in await page_of(outcome)
    assert SEES_NONE not in await page_of(Ready((fact("name", "An"),), NOW), is_about_child=False)
