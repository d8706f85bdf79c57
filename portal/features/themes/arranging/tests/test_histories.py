"""What was so when: by kind, the newest first, in periods."""

from datetime import date
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes.arranging import elements, histories, periods
from portal.platform.kit import incomplete_date
from portal.platform.sources.manifest import HistoryRules
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import NO_END

HISTORY = HistoryRules(begin="@Van", end="@Tot", one_at_a_time=("Adres",), titles=("address", "paper"))
HEADINGS = {"Adres": "Adres", "Kaart": "Identiteitsbewijs"}


def item(element: str, n: int, key: str, value: str, begin: str = "", end: str = "") -> list[Fact]:
    path = f"H/{element}[{n}]"
    facts = [Fact(key, key, value, "text", path), Fact("note_key", "Nota", "iets", "text", f"{path}/Nota")]
    facts += [date_fact("since", "Sinds", begin, f"{path}/@Van")] if begin else []
    return facts + ([date_fact("until", "Tot", end, f"{path}/@Tot")] if end else [])


def date_fact(key: str, label: str, value: str, path: str) -> Fact:
    """Make the fact of a date leaf: what is no date is a text, as is "no end"."""
    return Fact(key, label, value, "date" if incomplete_date.read(value) else "text", path)


def chapters(*items: list[Fact]):
    facts = [fact for one in items for fact in one]
    return histories.chapters_of(elements.cut(facts, HEADINGS), HEADINGS, HISTORY)


def periods_of(*items: list[Fact]) -> list[tuple[str, str]]:
    return [(period.title, period.words) for chapter in chapters(*items) for period in chapter.periods]


def test_an_address_ends_where_the_next_begins_and_the_newest_comes_first():
    assert periods_of(
        item("Adres", 1, "address", "Kouter 1", "1981-08-14"),
        item("Adres", 2, "address", "Vest 3", "2019-07-01"),
        item("Adres", 3, "address", "Lei 2", "2005-00-00"),
    ) == [
        ("Vest 3", "sinds 1 juli 2019"),
        ("Lei 2", "van 2005 tot 1 juli 2019"),
        ("Kouter 1", "van 14 augustus 1981 tot 2005"),
    ]


@pytest.mark.parametrize(
    ("items", "now"),
    [
        ([("Kouter 1", "1981-08-14", ""), ("Vest 3", "2019-07-01", "")], ["Vest 3"]),
        ([("Kouter 1", "2019-07-01", "2019-07-01"), ("Vest 3", "2019-07-01", "")], ["Vest 3"]),
        ([("Kouter 1", "", ""), ("Vest 3", "", "")], []),
        ([("Kouter 1", "", "")], ["Kouter 1"]),
        ([("Kouter 1", "1981-08-14", "2001-01-01")], []),
        # An end that nobody can read is an end all the same; "no end" is none.
        ([("Kouter 1", "1981-08-14", "31/02/2020")], []),
        ([("Kouter 1", "1981-08-14", NO_END)], ["Kouter 1"]),
    ],
)
def test_what_holds_today_is_the_last_that_began_and_is_not_over(items, now):
    facts = [fact for n, (value, *days) in enumerate(items, 1) for fact in item("Adres", n, "address", value, *days)]
    found = histories.current_facts(elements.cut(facts, HEADINGS), HEADINGS, HISTORY, date(2026, 3, 3))
    assert [fact.value for fact in found if fact.key == "address"] == now


@pytest.mark.parametrize(
    ("begin", "end", "words", "shown"),
    [
        ("2010-01-01", "31/02/2020", "vanaf 1 januari 2010, einde niet bekend", ["31/02/2020"]),
        ("31/02/2010", "2020-01-01", "tot 1 januari 2020, begin niet bekend", ["31/02/2010"]),
        ("31/02/2010", "", "datum niet bekend", ["31/02/2010"]),
        ("31/02/2010", "31/02/2020", "datum niet bekend", ["31/02/2010", "31/02/2020"]),
        ("2010-01-01", NO_END, "sinds 1 januari 2010", []),
    ],
)
def test_a_day_that_cannot_be_read_is_shown_as_the_body_wrote_it(begin, end, words, shown):
    (chapter,) = chapters(item("Adres", 1, "address", "Kouter 1", begin, end))
    (period,) = chapter.periods
    assert (period.title, period.words) == ("Kouter 1", words)
    assert [fact.value for part in period.parts for fact in part if fact.key in ("since", "until")] == shown


def test_one_day_is_one_day():
    assert periods_of(item("Kaart", 1, "paper", "test", "2021-09-01", "2021-09-01")) == [
        ("test", "op 1 september 2021")
    ]


def test_a_title_and_readable_dates_stand_in_no_part():
    facts = item("Adres", 1, "address", "Kouter 1", "1981-08-14", "2001-01-01")
    (chapter,) = chapters(facts)
    (period,) = chapter.periods
    assert period.called == facts[0]
    assert [[fact.key for fact in part] for part in period.parts] == [["note_key"]]


def test_papers_hold_beside_each_other():
    assert periods_of(
        item("Kaart", 1, "paper", "eID", "2014-03-10", "2024-03-10"),
        item("Kaart", 2, "paper", "kids-ID", "2020-01-01"),
        item("Kaart", 3, "paper", "paspoort", "2022-05-05"),
    ) == [
        ("paspoort", "sinds 5 mei 2022"),
        ("kids-ID", "sinds 1 januari 2020"),
        ("eID", "van 10 maart 2014 tot 10 maart 2024"),
    ]


def test_kinds_keep_the_manifests_order_and_the_rest_comes_last():
    loose = [Fact("number", "Nummer", "1", "text", "H/Nummer")]
    found = chapters(item("Kaart", 1, "paper", "eID"), loose, item("Adres", 1, "address", "Kouter 1"))
    assert [chapter.heading for chapter in found] == ["Adres", "Identiteitsbewijs", ""]


def test_a_tile_leads_with_the_newest_of_the_first_kind():
    found = chapters(*(item("Adres", n, "address", f"Lei {n}", f"20{n:02}-01-01") for n in range(1, 6)))
    (lead,) = histories.lead_of(found, 3)
    assert [period.title for period in lead.periods] == ["Lei 5", "Lei 4", "Lei 3"]


@pytest.mark.parametrize(
    ("begin", "end", "is_open", "said"),
    [
        ("1971-00-00", "2001-03-00", False, "van 1971 tot maart 2001"),
        ("1971-03-02", "", True, "sinds 2 maart 1971"),
        ("1971-03-02", "", False, "vanaf 2 maart 1971, einde niet bekend"),
        ("0000-00-00", "2001-03-04", False, "tot 4 maart 2001, begin niet bekend"),
        ("", "", True, "datum niet bekend"),
    ],
)
def test_periods_are_said_in_words(begin, end, is_open, said):
    read = incomplete_date.read
    assert periods.in_words(read(begin), read(end), is_open=is_open) == said


unreadable = st.sampled_from(["31/02/2020", "2020-02-31", "gisteren"])
moments = st.one_of(
    st.just(""), st.dates().map(str), st.integers(1900, 2030).map(lambda year: f"{year}-00-00"), unreadable
)


@given(st.lists(st.tuples(st.sampled_from(["Adres", "Kaart", "Los"]), moments, moments), max_size=12))
def test_no_fact_is_lost_and_none_told_twice(rows):
    items = [item(element, n, "address", f"w{n}", begin, end) for n, (element, begin, end) in enumerate(rows)]
    facts = [fact for one in items for fact in one]
    periods = [period for chapter in chapters(*items) for period in chapter.periods]
    kept = [fact for period in periods for part in period.parts for fact in part]
    for part in (part for period in periods for part in period.parts):
        assert len({fact.label for fact in part}) == len(part)
    dates_and_titles = [
        fact for fact in facts if not fact.path.startswith("H/Los") and (fact.key == "address" or fact.kind == "date")
    ]
    key = attrgetter("path", "key")
    assert sorted(kept + dates_and_titles, key=key) == sorted(facts, key=key)
