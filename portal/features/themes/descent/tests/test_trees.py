"""A tree of descent: who is in it, how it is drawn, and who may see a child."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes.descent import drawing, families, trees, verdicts
from portal.features.themes.descent.types import Relative
from portal.features.themes.section import PeopleKeys, TreeKeys
from portal.features.themes.types import Viewer
from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import birthday
from portal.platform.sources.reading.facts import Fact

ROLES = TreeKeys(
    number="own_number",
    name=("first", "last"),
    birth_date="born",
    death_date="died",
    kind="kind",
    town="town",
    nowhere="uw gemeente",
    unknown="Vraag het in ${town}.",
    help="Ga naar ${town}.",
    parents=PeopleKeys(
        "Ouders/Ouder", "ouder", "p_number", ("p_name",), "p_born", "p_dead", "p_sex", {"v": "moeder"}
    ),
    children=PeopleKeys("Lijn/Kind", "kind", "c_number", ("c_name",), "c_born", "c_dead", "c_sex", {"m": "zoon"}),
)
TODAY = date(2026, 3, 3)
ME = "84651421235"

names = st.text("abcdeiìkmnoéWMI’- ", min_size=1, max_size=40).map(lambda name: " ".join(name.split()) or "x")
dates = st.one_of(
    st.just(""),
    st.dates(date(1900, 1, 1), TODAY).map(str),
    st.integers(1900, 2026).map(lambda year: f"{year}-00-00"),
    st.just("0000-00-00"),
    st.just("?"),
)
people = st.lists(st.tuples(names, dates, st.booleans()), max_size=7)


def fact(key: str, value: str, path: str) -> Fact:
    return Fact(key, key, value, "text", path)


def answer(parents, children) -> list[Fact]:
    """Write an answer that names these people, and others who are neither parent nor child."""
    facts = [fact("own_number", ME, "P/INSZ"), fact("first", "Lies", "P/Voor"), fact("last", "Peeters", "P/Achter")]
    for letter, place, found in (
        ("p", "P/Lijnen/Lijn[1]/Ouders/Ouder[{}]", parents),
        ("c", "P/Dalend/Lijn[{}]/Kind", children),
    ):
        for n, (name, born, is_dead) in enumerate(found, 1):
            path = place.format(n)
            facts.append(fact(f"{letter}_name", name, f"{path}/Naam"))
            if born:
                facts.append(fact(f"{letter}_born", born, f"{path}/Geboren"))
            facts.append(fact(f"{letter}_dead", "ja" if is_dead else "nee", f"{path}/Dood"))
    facts.append(fact("p_name", "Een broer", "P/Gezin/Lid[1]/Naam"))
    return facts


@given(people, people)
def test_everybody_named_stands_in_the_tree_once_and_nobody_else(parents, children):
    tree = trees.tree_of(answer(parents, children), ROLES)
    assert [(one.name, one.birth_date, one.is_deceased) for one in tree.parents] == parents
    assert [(one.name, one.birth_date, one.is_deceased) for one in tree.children] == children
    assert (tree.root.number, tree.root.name) == (ME, "Lies Peeters")


@given(people, people, st.booleans())
def test_the_drawing_says_what_the_list_says(parents, children, is_own):
    family = families.family_of(trees.tree_of(answer(parents, children), ROLES), Viewer(is_about_child=not is_own))
    if not parents and not children:
        assert family.drawing is None
        return
    drawn = [" ".join(words.text for words in box.words) for box in family.drawing.boxes if box.kind != "gap"]
    root = drawn.pop(len(parents))
    listed = [" ".join([one.name, *one.details]) for one in [*family.parents, *family.children]]
    # A word that is wider than its box is cut: what is read is the same.
    assert [text.replace(" ", "") for text in drawn] == [text.replace(" ", "") for text in listed]
    assert root.startswith("Lies Peeters")


@given(people, people, st.booleans())
def test_the_drawing_keeps_everything_in_its_place(parents, children, is_whole):
    tree = trees.tree_of(answer(parents, children), ROLES)
    drawn = drawing.draw(tree, is_own=True, is_whole=is_whole)
    for box in drawn.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawn.width
        assert box.y + box.height <= drawn.height
        for words in box.words:
            assert box.y < words.y < box.y + box.height
            assert drawing.width_of(words.text, bold=words.is_name) <= box.width - 2 * drawing.PAD
    for at, one in enumerate(drawn.boxes):
        for other in drawn.boxes[at + 1 :]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or above
    for line in drawn.lines:
        assert 0 <= min(line.x1, line.x2) <= max(line.x1, line.x2) <= drawn.width
        assert 0 <= line.y1 <= line.y2 <= drawn.height


@given(st.text(max_size=80), st.booleans())
def test_wrapping_loses_nothing(text, bold):
    lines = drawing.wrap(text, 134, bold=bold)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if drawing.width_of(line, bold=bold) > 134] == []


def test_relations_take_the_word_for_the_sex_or_the_plain_one():
    facts = [
        fact("p_name", "An", "Ouders/Ouder[1]/Naam"),
        fact("p_sex", "v", "Ouders/Ouder[1]/Geslacht"),
        fact("p_name", "Bo", "Ouders/Ouder[2]/Naam"),
        fact("p_sex", "onbekend", "Ouders/Ouder[2]/Geslacht"),
    ]
    assert [one.relation for one in trees.tree_of(facts, ROLES).parents] == ["moeder", "ouder"]


def test_what_the_body_says_instead_of_parents_and_the_town_that_can_correct_it():
    facts = [fact("kind", "Vondeling", "Lijn[1]/Type"), fact("town", "Lier", "Beheerder")]
    tree = trees.tree_of(facts, ROLES)
    assert (tree.kinds, tree.unknown, tree.help) == (("Vondeling",), "Vraag het in Lier.", "Ga naar Lier.")
    assert trees.tree_of([], ROLES).help == "Ga naar uw gemeente."
    known = [*facts, fact("p_name", "An", "Lijn[1]/Ouders/Ouder[1]/Naam")]
    assert trees.tree_of(known, ROLES).kinds == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2016-02-20", "geboren op 20 februari 2016"),
        ("2016-02-00", "geboren in februari 2016"),
        ("2016-00-00", "geboren in 2016"),
        ("0000-00-00", "geboortedatum onbekend"),
        ("gisteren", "geboortedatum onbekend"),
        ("", ""),
    ],
)
def test_birth_dates_are_said_in_words(value, said):
    assert trees.birth_line(value) == said


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_under_age_from_birth_until_the_day_of_eighteen(born, today):
    assert verdicts.is_minor(str(born), today) is (today < birthday(born, 18) if born <= today else None)


@given(st.integers(1900, 2100), st.integers(0, 12), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_an_incomplete_date_counts_only_when_every_day_it_can_be_agrees(year, month, today):
    text = f"{year:04}-{month:02}-00"
    when = incomplete_date.read(text)
    both = {today < birthday(day, 18) for day in (when.earliest(), when.latest())}
    is_known = len(both) == 1 and when.earliest() <= today
    assert verdicts.is_minor(text, today) is (both.pop() if is_known else None)


@pytest.mark.parametrize("value", ["0000-00-00", "", "2016", "2016-13-01", "2091-03-03", "2026-03-04", "2026-04-00"])
def test_without_a_year_or_before_their_birth_nobody_is_under_age(value):
    assert verdicts.is_minor(value, TODAY) is None


@pytest.mark.parametrize("value", ["9999-12-31", "9999-00-00", "9988-02-29", "9982-01-00"])
def test_a_year_whose_eighteenth_birthday_no_calendar_has_leaves_the_age_open(value):
    assert verdicts.is_minor(value, TODAY) is None


LOTTE = Relative("16622024650", "Lotte", "dochter", "2016-02-20", is_deceased=False)


def child(born: str, *, number="16622024650", dead="", parents=(ME,)):
    facts = [fact("own_number", number, "P/INSZ"), fact("born", born, "P/Geboren")]
    facts += [fact("died", dead, "P/Overleden")] if dead else []
    facts += [fact("p_number", one, f"P/Ouders/Ouder[{n}]/INSZ") for n, one in enumerate(parents, 1)]
    return trees.tree_of(facts, ROLES)


@pytest.mark.parametrize(
    ("tree", "verdict"),
    [
        (child("2016-02-20"), "allowed"),
        (child("2016-02-20", parents=("54611911996", ME)), "allowed"),
        (child("2016-02-20", parents=("54611911996",)), "not_confirmed"),
        (child("2016-02-20", parents=()), "not_confirmed"),
        (child("2016-02-20", number="10630941889"), "not_confirmed"),
        (child("2008-03-03"), "adult"),
        (child("2008-03-04"), "allowed"),
        (child("1975-01-01", dead="2019-05-05"), "allowed"),
        (child("1975-01-01", dead="2019-05-05", parents=()), "not_confirmed"),
        (child("2008-00-00"), "age_not_known"),
        (child("0000-00-00"), "age_not_known"),
        (child("16 februari"), "age_not_known"),
        # The register has the wrong century: the child may be of age.
        (child("2091-03-03"), "age_not_known"),
    ],
)
def test_the_childs_own_answer_decides(tree, verdict):
    assert verdicts.verdict_of_child(tree, LOTTE, frozenset((ME,)), TODAY) == verdict


@pytest.mark.parametrize(
    ("tree", "verdict"),
    [
        (child("2016-02-20"), "allowed"),
        (child("1975-01-01", dead="2019-05-05"), "allowed"),
        # Nobody says of a child that died that it is of age and can sign in.
        (child("1975-01-01"), "death_not_confirmed"),
        (child("2008-00-00"), "death_not_confirmed"),
        (child("1975-01-01", parents=()), "not_confirmed"),
    ],
)
def test_a_child_that_died_says_the_parents_answer_is_never_taken_for_grown_up(tree, verdict):
    named = replace(LOTTE, is_deceased=True)
    assert verdicts.verdict_of_child(tree, named, frozenset((ME,)), TODAY) == verdict


@pytest.mark.parametrize(
    ("born", "is_deceased", "verdict"),
    [
        ("2016-02-20", False, "allowed"),
        ("1975-01-01", False, "adult"),
        ("1975-01-01", True, "allowed"),
        ("", False, "age_not_known"),
        ("2008-00-00", False, "age_not_known"),
        ("2091-03-03", False, "age_not_known"),
    ],
)
def test_nothing_is_asked_about_who_may_be_of_age(born, is_deceased, verdict):
    assert verdicts.verdict_of_parent(Relative("1", "An", "kind", born, is_deceased), TODAY) == verdict


def test_only_children_have_a_profile_and_the_list_says_whether_it_can_be_opened():
    tree = trees.tree_of(
        [
            fact("p_number", "54611911996", "Ouders/Ouder[1]/INSZ"),
            fact("c_number", "16622024650", "Lijn[1]/Kind/INSZ"),
            fact("c_born", "2016-02-20", "Lijn[1]/Kind/Geboren"),
            fact("c_number", "08612231537", "Lijn[2]/Kind/INSZ"),
            fact("c_born", "2008-01-22", "Lijn[2]/Kind/Geboren"),
            fact("c_name", "Zonder nummer", "Lijn[3]/Kind/Naam"),
        ],
        ROLES,
    )
    family = families.family_of(tree, Viewer(address_of=lambda number: f"/kind/{number[:2]}/", today=TODAY))
    assert [(one.href, one.may_be_seen) for one in [*family.parents, *family.children]] == [
        ("", False),
        ("/kind/16/", True),
        ("/kind/08/", False),
        ("", False),
    ]


def test_nobody_is_printed():
    assert repr(Relative("16622024650", "Lotte", "kind", "2016-02-20", False)).count("Lotte") == 0
    assert "16622024650" not in repr(child("2016-02-20"))
