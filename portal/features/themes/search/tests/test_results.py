"""What a search shows of what it found, and what it says of what it could not search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes.search import results
from portal.features.themes.search.results import result_of, search_of
from portal.features.themes.search.terms import read
from portal.features.themes.tests.made import NOW, entry, fact
from portal.platform.sources.gaps import MissingParts
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from portal.platform.ui.values import readable

ITEMS = Items(path="Leden/Lid", one="persoon", many="personen", title=("name",), detail=("birth_date",))


FACTS = (
    fact("number", "84651421235", "INSZ", "national_number"),
    fact("name", "An Peeters", "Leden/Lid[1]/Naam"),
    fact("birth_date", "1990-03-02", "Leden/Lid[1]/Geboorte", "date"),
    fact("position", "partner", "Leden/Lid[1]/Positie"),
    fact("name", "Bo Liégeois", "Leden/Lid[2]/Naam"),
    fact("birth_date", "1971-00-00", "Leden/Lid[2]/Geboorte", "date"),
    fact("street", "Veldstraat", "Adres/Straat"),
    fact("since", "2001-01-01", "Adres/@Van", "date"),
)
WHOLE = Ready(FACTS, NOW)
HOUSEHOLD = entry("gezinssamenstelling", items=ITEMS, groups={"Adres": "Adres"})


def text_of(pieces) -> str:
    return "".join(f"[{piece}]" if is_found else piece for piece, is_found in pieces)


def result_lines(sought: str, outcome=WHOLE) -> list[str] | None:
    """Write a result as lines, what is marked in brackets."""
    result = result_of(HOUSEHOLD, outcome, read(sought))
    if result is None:
        return None
    lines = [text_of(result.title)]
    for part in result.parts:
        lines += [f"# {text_of(part.heading)}"] if part.heading else []
        lines += [f"{text_of(row.label)}: {text_of(row.value)}" for row in part.rows]
    return lines


@pytest.mark.parametrize(
    ("sought", "lines"),
    [
        ("liegeois", ["Gezinssamenstelling", "# Bo [Liégeois]", "Name: Bo [Liégeois]"]),
        ("bo 1971", ["Gezinssamenstelling", "# [Bo] Liégeois", "Birth Date: in [1971]"]),
        ("2/3/1990", ["Gezinssamenstelling", "# An Peeters", "Birth Date: [2 maart 1990]"]),
        ("an birth", ["Gezinssamenstelling", "# [An] Peeters", "[Birth] Date: 2 maart 1990"]),
        ("adres", ["Gezinssamenstelling", "# [Adres]", "Street: Veldstraat", "Since: 1 januari 2001"]),
        ("adres veld", ["Gezinssamenstelling", "# [Adres]", "Street: [Veld]straat"]),
        ("gezin", ["[Gezin]ssamenstelling"]),
        ("gezin partner", ["[Gezin]ssamenstelling", "# An Peeters", "Position: [partner]"]),
        ("84.65.14-212.35", ["Gezinssamenstelling", "Number: [84.65.14-•••.••]"]),
        ("an veldstraat", None),
        ("212", None),
        ("1990-03-02x", None),
    ],
)
def test_every_word_must_be_there(sought, lines):
    assert result_lines(sought) == lines


def test_period_of_a_history_is_named_by_its_title():
    history = entry(
        "gezinssamenstelling", groups={"Adres": "Adres"}, history=HistoryRules("@Van", "@Tot", titles=("street",))
    )
    result = result_of(history, WHOLE, read("2001"))
    assert [text_of(part.heading) for part in result.parts] == ["Adres: Veldstraat"]


def test_long_lists_are_cut_and_say_so():
    many = tuple(fact("street", f"Veldstraat {at}", f"X[{at}]") for at in range(40))
    result = result_of(entry("gezinssamenstelling"), Ready(many, NOW), read("veldstraat"))
    assert (sum(len(part.rows) for part in result.parts), result.left_out) == (results.MOST, 28)


@pytest.mark.parametrize("outcome", [Nothing(NOW), Late(NOW), Down("off")])
def test_what_holds_nothing_has_no_result(outcome):
    assert result_lines("an", outcome) is None


def test_what_could_not_be_searched_is_named_with_its_reason():
    late, down, partial, empty, whole = (entry(id=name) for name in ("late", "down", "partial", "empty", "whole"))
    part = Partial(FACTS, (Missing("X", "1", "unavailable"),), NOW)
    outcomes = [(late, Late(NOW)), (down, Down("off")), (partial, part), (empty, Nothing(NOW)), (whole, WHOLE)]
    search = search_of(outcomes, [HOUSEHOLD], read("veldstraat"))
    assert [(one.entry.dataset.id, one.why, one.gaps) for one in search.coverage.unanswered] == [
        ("late", "late", ()),
        ("down", "off", ()),
        ("partial", None, [MissingParts("no_answer", ["Body"], None)]),
    ]
    assert [result.entry.dataset.id for result in search.results] == ["partial", "whole"]
    coverage = search.coverage
    assert (coverage.looked_at, coverage.unasked, coverage.may_help_to_ask_again) == (3, [HOUSEHOLD], True)


def test_asking_again_is_not_offered_where_it_cannot_help():
    search = search_of([(HOUSEHOLD, Down("off")), (HOUSEHOLD, Down("assurance"))], [], read("veldstraat"))
    assert (search.coverage.looked_at, search.coverage.may_help_to_ask_again) == (0, False)


FACT = st.builds(
    Fact,
    st.sampled_from(["name", "birth_date", "x"]),
    st.text(max_size=12),
    st.text(max_size=20) | st.sampled_from(["1990-03-02", "1971-00-00", "84651421235"]),
    st.sampled_from(["text", "date", "moment", "national_number", "number", "code", "note"]),
    st.sampled_from(["A", "Leden/Lid[1]/Naam", "Leden/Lid[2]", "Adres/Straat", "B[3]/C"]),
)


@given(st.lists(FACT, max_size=8), st.text(max_size=30) | st.sampled_from(["2 maart 1990", "1990", "84651421235"]))
def test_any_facts_are_searched_and_shown_as_they_are(facts, sought):
    result = result_of(HOUSEHOLD, Ready(tuple(facts), NOW), read(sought))
    if result is None:
        return
    of_facts = {(one.label, readable(one.value, one.kind)) for one in facts}
    rows = [row for part in result.parts for row in part.rows]
    assert {tuple("".join(text for text, _ in cell) for cell in (row.label, row.value)) for row in rows} <= of_facts
    assert len(rows) + result.left_out <= len(facts)
