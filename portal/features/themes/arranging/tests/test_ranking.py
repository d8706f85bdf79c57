"""What stands first on a page, what in which fold, what last; and when something was so, in its own line."""

from copy import replace

import pytest
from django.template.loader import get_template

from portal.features.themes.arranging import periods, tiles, windows
from portal.features.themes.arranging.types import FactRow, Ranking
from portal.features.themes.section import TileKeys
from portal.features.themes.tests.made import NOW, entry, fact, shape_of
from portal.features.themes.types import Viewer
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.outcomes import Missing, Partial, Ready
from portal.platform.sources.sampled import collect_names
from portal.platform.sources.sections import WrongKey

MANY = [fact(f"more_{n}", str(n)) for n in range(9)]  # so many that they are folded


def rank_tile(facts, **changes) -> Ranking:
    tile = windows.arrange(tiles.tile_of(entry(**changes), Ready(tuple(facts), NOW), "all", Viewer()), "all")
    assert tile.ranked
    return tile.ranked


def texts_of(rows) -> list[str]:
    return [row.fact.key for row in rows]


def folds(of: Ranking) -> list[tuple[str, list[list[str]]]]:
    return [(fold.heading, [texts_of(rows) for rows in fold.lists]) for fold in of.folds]


def test_what_people_come_for_stands_first_in_the_order_of_the_manifest():
    found = rank_tile([*MANY, fact("b", "1"), fact("a", "2")], essential=["a", "b", "nobody_has_it"])
    assert texts_of(found.essential) == ["a", "b"]
    assert folds(found) == [("", [texts_of(map(FactRow, MANY))])]


def test_without_essential_facts_the_highlights_are_and_without_those_the_first_that_are_for_people():
    assert texts_of(rank_tile([*MANY, fact("a", "2")], highlights=["a"]).essential) == ["a"]
    number = fact("number", "00000000000", kind="national_number")
    assert texts_of(rank_tile([number, *MANY], essential=["nobody_has_it"]).essential) == texts_of(
        map(FactRow, MANY[:8])
    )


def test_so_few_facts_that_a_fold_would_save_nothing_are_all_shown():
    found = rank_tile([*MANY[:7], fact("a", "2"), fact("code", "7", kind="code")], essential=["a"])
    assert texts_of(found.essential) == ["a", *texts_of(map(FactRow, MANY[:7]))]
    assert (found.folds, texts_of(found.technical)) == ([], ["code"])


def test_numbers_and_codes_come_last_unless_they_are_essential():
    facts = [*MANY, fact("code", "7", kind="code"), fact("file_date", "2020-01-02", kind="date")]
    found = rank_tile([*facts, fact("card", "1", kind="code")], essential=["card"], technical=["file_date"])
    assert (texts_of(found.essential), texts_of(found.technical)) == (["card"], ["file_date", "code"])


def test_what_is_one_of_several_keeps_its_number_behind_its_name():
    people = [
        fact(key, f"{n}", f"Lid[{n}]/{key}", kind)
        for n in (1, 2)
        for key, kind in (("number", "national_number"), ("name", "text"))
    ]
    found = rank_tile([*people, *MANY], groups={"Lid": "Gezinslid"}, essential=["more_0"])
    assert folds(found)[0] == ("Gezinslid", [["name", "number"], ["name", "number"]])
    assert [fold.place for fold in found.folds] == ["", ""]
    assert found.technical == []


def test_a_fold_knows_the_element_that_holds_all_of_it():
    facts = [fact("a", "1", "Adres/Straat"), fact("b", "2", "Lijst/Lid[1]/Naam"), fact("b", "3", "Lijst/Lid[2]/Naam")]
    found = rank_tile([*facts, *MANY], groups={"Adres": "Adres", "Lid": "Lid"}, essential=["more_0"])
    assert [(fold.heading, fold.place) for fold in found.folds] == [("Adres", "Adres"), ("Lid", "Lijst"), ("", "")]


def test_kinds_of_a_history_that_say_nothing_essential_are_folded():
    facts = [fact("street", "Vest 3", "Adres[1]/Straat"), fact("name", "An", "Naam[1]/Tekst"), fact("loose", "x")]
    of = entry(groups={"Naam": "Naam", "Adres": "Adres"}, history=HistoryRules("Van", "Tot"), essential=["street"])
    tile = windows.arrange(tiles.tile_of(of, Ready(tuple(facts), NOW), "all", Viewer()), "all")
    assert [(one.heading, one.is_folded) for one in tile.chapters] == [("Naam", True), ("Adres", False)]
    assert tile.ranked
    assert folds(tile.ranked) == [("", [["loose"]])]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"_since": "2015-06-12"}, "sinds 12 juni 2015"),
        ({"_since": "2015-00-00", "_until": "2019-03-00"}, "van 2015 tot maart 2019"),
        ({"_until": "2027-05-09"}, "tot 9 mei 2027"),
        ({"_since": "2015-06-12", "_until": "2015-06-12"}, "op 12 juni 2015"),
    ],
)
def test_since_and_until_stand_in_the_line_of_what_they_date(days, words):
    place = fact("address", "Kouter 1", "Adres[2]/Tekst")
    dates = [fact(f"address{key}", value, f"Adres[2]/@{key}", "date") for key, value in days.items()]
    assert periods.rows_of([*dates, place]) == [FactRow(place, words, tuple(dates))]


@pytest.mark.parametrize(
    "other",
    [
        fact("address_since", "0000-00-00", "Adres[2]/@Van", "date"),  # nothing to say of when
        fact("address_since", "2015-06-12", "Adres[3]/@Van", "date"),  # of another
        fact("address_until", "geen einddatum", "Adres[2]/@Tot"),
        fact("street_since", "2015-06-12", "Adres[2]/@Van", "date"),
    ],
)
def test_a_date_of_something_else_or_of_no_day_has_a_line_of_its_own(other):
    facts = [fact("address", "Kouter 1", "Adres[2]/Tekst"), other]
    assert periods.rows_of(facts) == [FactRow(one) for one in facts]


ITEMS = Items("Dingen/Ding", "ding", "dingen", ("name",), when=("from",), until=("until",))


def test_the_first_and_the_last_day_of_an_item_are_one_line():
    first, last = fact("from", "2005-01-01", kind="date"), fact("until", "2007-12-31", kind="date")
    words = "van 1 januari 2005 tot en met 31 december 2007"
    assert periods.rows_of([first, last], ITEMS) == [FactRow(first, words, (first, last), "Periode")]
    # One of them says no period, and of two ends nobody knows which.
    assert periods.rows_of([first], ITEMS) == [FactRow(first)]
    assert periods.rows_of([first, last, last], ITEMS) == [FactRow(first), FactRow(last), FactRow(last)]


def test_a_fact_can_be_linked_to_once_and_a_number_is_masked_in_its_fold():
    number = fact("number", "84651421235", kind="national_number")
    tile = tiles.tile_of(entry(essential=["more_0"]), Ready((*MANY, MANY[1], number), NOW), "all", Viewer())
    text = get_template("themes/tile.html").render({"tile": windows.arrange(tile, "all"), **shape_of("all")})
    assert text.count('id="body-gezin-more_1"') == text.count('id="body-gezin-number"') == 1
    assert ("84651421235" in text, "84.65.14-•••.••" in text) == (False, True)


def test_what_is_missing_stands_before_the_facts_and_in_no_fold():
    tile = tiles.tile_of(entry(essential=["more_0"]), Partial(tuple(MANY), (Missing("A", "1", "busy"),), NOW), "all")
    text = get_template("themes/tile.html").render({"tile": windows.arrange(tile, "all"), **shape_of("all")})
    assert 0 < text.index("Een deel ontbreekt") < text.index("<dl") < text.index("<details")


@pytest.mark.parametrize(
    ("keys", "key"),
    [({"essential": tuple("abcdefghijk")}, "essential"), ({"essential": ("a",), "technical": ("a",)}, "technical")],
)
def test_a_manifest_that_ranks_all_or_both_ways_is_refused(keys, key):
    with pytest.raises(WrongKey) as caught:
        TileKeys(theme="gezin", about="-", when_nothing="-", **keys)
    assert caught.value.key == key


def test_keys_that_no_sample_says_are_lacking():
    keys = TileKeys(theme="gezin", about="-", when_nothing="-", essential=("a", "b"), technical=("c",))
    assert keys.lacks(collect_names([fact("a", "1"), fact("c", "2")])) == (
        "`essential` names what no sample says: b",
    )


def test_an_answer_that_is_all_for_offices_is_no_page_of_shut_folds():
    codes = [fact(f"code_{n}", str(n), kind="code") for n in range(10)]
    found = rank_tile(codes)
    assert (texts_of(found.essential), texts_of(found.technical)) == (
        texts_of(map(FactRow, codes[:8])),
        ["code_8", "code_9"],
    )


def test_a_fold_counts_elements_and_not_the_pieces_in_which_an_answer_speaks_of_one():
    facts = [
        fact("a", "1", "Adres/Straat"),
        fact("loose", "2", "Los"),
        fact("b", "3", "Adres/Nummer"),
        fact("c", "4", "Lijst/Lid[1]/Naam"),
        fact("d", "5", "Lijst/Lid[2]/Naam"),
    ]
    found = rank_tile([*facts, *MANY], groups={"Adres": "Adres", "Lid": "Lid"}, essential=["more_0"])
    assert folds(found)[:2] == [("Adres", [["a", "b"]]), ("Lid", [["c"], ["d"]])]
    assert folds(found)[2] == ("", [["loose", *texts_of(map(FactRow, MANY[1:]))]])


def test_the_page_of_a_child_has_no_next_part_and_cuts_no_list_that_a_parent_may_see():
    items = Items("Dingen/Ding", "ding", "dingen", ("name",))
    facts = [fact("name", str(n), f"Dingen/Ding[{n}]/Naam") for n in range(1, 61)]
    of = tiles.tile_of(entry(items=items), Ready(tuple(facts), NOW), "all", Viewer(is_about_child=True))
    assert len(windows.arrange(of, "all").items) == 60


def test_a_line_of_a_period_can_be_linked_to_and_tells_what_its_days_mean():
    first, last = fact("from", "2005-01-01", kind="date"), fact("until", "2007-12-31", kind="date")
    since = fact("more_0_since", "2015-06-12", kind="date")
    explained = {"until": "De laatste dag.", "more_0_since": "Sinds dan."}
    of = entry(items=None, essential=["more_0"], explained=explained)
    tile = tiles.tile_of(of, Ready((*MANY, since), NOW), "all", Viewer())
    assert "Sinds dan." in get_template("themes/tile.html").render(
        {"tile": windows.arrange(tile, "all"), **shape_of("all")}
    )
    (row,) = periods.rows_of([first, last], ITEMS)
    of_item = Ranking([replace(row, anchor="from")])
    tile = replace(tile, meanings=tiles.meanings_of([first, last], explained))
    text = get_template("themes/_ranked.html").render({"tile": tile, "ranked": of_item})
    assert ('id="body-gezin-from"' in text, "De laatste dag." in text) == (True, True)


def test_what_an_answer_says_beside_its_items_stands_once_behind_the_first_of_them():
    names = [fact("name", f"Ding {n}", f"Dingen/Ding[{n}]/Naam") for n in range(1, 12)]
    beside = fact("total", "11", "Dingen/Aantal")
    of = entry(items=Items("Dingen/Ding", "ding", "dingen", ("name",)))
    tile = tiles.tile_of(of, Ready((*names, beside), NOW), "all", Viewer())
    first, second = windows.arrange(tile, "all"), windows.arrange(tile, "all", 8)
    assert (len(first.items), texts_of(first.ranked.essential if first.ranked else ()), second.ranked) == (
        8,
        ["total"],
        None,
    )
    # Also when there are no items any more.
    alone = Ready((beside,), NOW)
    tile = windows.arrange(tiles.tile_of(of, alone, "all", Viewer()), "all")
    assert tile.ranked
    assert texts_of(tile.ranked.essential) == ["total"]
    assert [tiles.tile_of(of, alone, depth, Viewer()).highlights for depth in ("lead", "theme")] == [[beside]] * 2
