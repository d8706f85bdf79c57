"""Long lists: what is left in sight, in which order, and what names an item."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes import queries
from portal.features.themes.arranging import lists, tiles
from portal.features.themes.arranging.types import Item
from portal.features.themes.tests.made import NOW, entry, fact
from portal.features.themes.types import ListFilter, Order, Viewer
from portal.platform.kit.folding import fold
from portal.platform.sources.manifest import Items, Lookup, Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Partial, Ready

ITEMS = Items("Dingen/Ding", "ding", "dingen", ("name",), ("since",), when=("since", "school_year"))
LETTERS = st.text("abcdeéèëïçABCÉ0123456789 -", max_size=12)
DAYS = st.one_of(
    st.just(""),
    st.just("0000-00-00"),
    st.dates().map(lambda day: day.isoformat()),
    st.integers(1950, 2030).map(lambda year: f"{year}-00-00"),
)


def item(title: str, since: str = "", school_year: str = "") -> Item:
    facts = [fact("name", title, "Dingen/Ding[1]/Naam")] if title else []
    facts += [fact("since", since, "Dingen/Ding[1]/Van", "date")] if since else []
    facts += [fact("school_year", school_year, "Dingen/Ding[1]/Jaar")] if school_year else []
    return Item(title, facts, [])


items = st.lists(st.builds(item, LETTERS, DAYS), max_size=30)
choices = st.builds(ListFilter, st.just("body.things"), LETTERS, st.sampled_from(Order))


@given(items, choices)
def test_a_choice_shows_some_of_the_items_and_invents_none(found, choice):
    shown, listing = lists.pick(found, ITEMS, choice)
    left = list(found)
    for one in shown:
        left.remove(one)
    if len(found) <= lists.LONG:
        assert (list(shown), listing) == (found, None)
    else:
        assert (listing.total, listing.shown) == (len(found), len(shown))


@given(items, LETTERS)
def test_a_filter_keeps_the_order_and_leaves_out_only_what_does_not_match(found, text):
    kept = lists.search(found, text)
    words = fold(text).split()
    assert kept == [one for one in found if all(word in fold(one.title) or word in _rest(one) for word in words)]
    assert lists.search(kept, text) == kept


def _rest(one: Item) -> str:
    return fold(" ".join(lists.readable(f.value, f.kind) for f in one.facts))


@given(items, LETTERS)
def test_case_and_accents_make_no_difference(found, text):
    assert lists.search(found, text.upper()) == lists.search(found, fold(text))


@given(items)
def test_without_a_filter_everything_is_shown(found):
    assert lists.search(found, "  ") == found


@given(items, st.sampled_from(Order))
def test_an_order_loses_nothing_and_is_stable(found, order):
    once = list(lists.sort(found, ITEMS, order))
    assert sorted(map(repr, once)) == sorted(map(repr, found))
    assert list(lists.sort(once, ITEMS, order)) == once


@given(items)
def test_what_is_not_dated_comes_last_both_ways(found):
    for order in lists.BY_TIME:
        days = [lists.day_of(one.facts, ITEMS) for one in lists.sort(found, ITEMS, order)]
        dated = [day for day in days if day]
        assert days == [*sorted(dated, reverse=order is Order.NEWEST), *[None] * (len(days) - len(dated))]


def test_a_school_year_counts_from_its_first_year_and_a_better_key_goes_first():
    found = [item("a", school_year="2015-2016"), item("b", since="2014-09-01", school_year="2020-2021"), item("c")]
    assert [one.title for one in lists.sort(found, ITEMS, Order.NEWEST)] == ["a", "b", "c"]


def test_orders_by_time_are_offered_only_where_something_is_dated():
    _, dated = lists.pick([item("a", "2014-00-00"), *[item("b")] * 8], ITEMS, None)
    _, undated = lists.pick([item("b")] * 9, ITEMS, None)
    assert list(dated.orders) == list(Order)
    assert list(undated.orders) == [Order.SOURCE, Order.TITLE]


def test_words_are_found_as_people_read_them():
    born = item("An", "1971-03-02")
    number = Item("Bo", [fact("insz", "71030200012", "Dingen/Ding[2]/INSZ", "national_number")], [])
    assert lists.search([born, number], "maart 1971") == [born]
    assert lists.search([born, number], "71030200012") == []


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ({}, ListFilter()),
        ({"lijst": "a.b", "zoek": " x \x00 y\n", "volgorde": "nieuwste"}, ListFilter("a.b", "x y", Order.NEWEST)),
        ({"zoek": "x" * 5000, "volgorde": "; drop"}, ListFilter("", "x" * lists.LONGEST_TEXT, Order.SOURCE)),
    ],
)
def test_an_address_is_read_whatever_is_in_it(query, choice):
    assert lists.choice_of(query) == choice


# --- what names an item ------------------------------------------------------------------------------------


def things(count: int) -> list[Fact]:
    return [fact("name", f"ding {n}", f"Dingen/Ding[{n}]/Naam") for n in range(1, count + 1)]


def handle_of(_entry, identity: bytes) -> str:
    return f"/{identity.hex()}/"


def hrefs(of, outcome, **viewer) -> dict[str, str]:
    return {
        one.title: one.href
        for one in tiles.tile_of(of, outcome, "all", Viewer(item_address=handle_of, **viewer)).items
    }


def test_an_item_keeps_its_name_in_another_order_and_under_a_filter():
    of = entry(items=ITEMS)
    facts = things(12)
    before = hrefs(of, Ready(tuple(facts), NOW))
    moved = [
        fact("name", value, f"Dingen/Ding[{n}]/Naam")
        for n, value in enumerate(random.Random(1).sample([f.value for f in facts], 12), start=1)
    ]
    assert hrefs(of, Ready(tuple(moved), NOW)) == before
    only = hrefs(of, Ready(tuple(facts), NOW), choice=ListFilter(of.name, "ding 12"))
    assert only == {"ding 12": before["ding 12"]}
    assert len(set(before.values())) == 12


def test_two_that_are_wholly_the_same_have_a_name_each():
    same = [fact("name", "ding", f"Dingen/Ding[{n}]/Naam") for n in (1, 2)]
    tile = tiles.tile_of(entry(items=ITEMS), Ready(tuple(same), NOW), "all", Viewer(item_address=handle_of))
    assert len({one.href for one in tile.items}) == 2


def test_what_a_second_question_adds_does_not_rename_an_item():
    second = Lookup("number", "names", "parse", Magda("D", "S", "01.00.0000", "urn:x", "q.xml"))
    of = entry(items=ITEMS, lookup=second)
    bare = [fact("number", "0999", "Dingen/Ding[1]/Nummer"), fact("name", "x", "Dingen/Ding[1]/Naam")]
    whole = [bare[0], fact("company", "Vis bv", "Dingen/Ding[1]/Nummer/Onderneming/Naam"), bare[1]]
    assert hrefs(of, Partial(tuple(bare), (), NOW)) == hrefs(of, Ready(tuple(whole), NOW))


def test_an_item_is_found_by_its_address_and_by_no_other():
    of = entry(items=ITEMS)
    outcome = Ready(tuple(things(3)), NOW)
    viewer = Viewer(item_address=handle_of)
    address = hrefs(of, outcome)["ding 2"]
    assert tiles.item_at(of, outcome, address, viewer).title == "ding 2"
    assert tiles.item_at(of, outcome, address + "x", viewer) is None
    assert tiles.item_at(entry(), outcome, address, viewer) is None


def test_a_filter_is_of_one_list_and_hides_no_trouble():
    of = entry(items=ITEMS)
    outcome = Partial(tuple(things(9)), (), NOW)
    other = tiles.tile_of(of, outcome, "theme", Viewer(choice=ListFilter("other.list", "zzz")))
    own = tiles.tile_of(of, outcome, "theme", Viewer(choice=ListFilter(of.name, "zzz")))
    assert (len(other.items), len(own.items), own.listing.total, own.name) == (9, 0, 9, "partial")


def test_bodies_stand_in_the_order_of_their_names():
    groups = queries.by_body([entry(id="a"), entry(id="b")])
    assert [(group.id, group.title, [one.dataset.id for one in group.entries]) for group in groups] == [
        ("body", "Body", ["a", "b"])
    ]
