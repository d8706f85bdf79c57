"""A life on one line: the newest first, what is to come apart, and what has no date counted."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes.tests.made import NOW, entry
from portal.features.themes.together import timeline
from portal.features.themes.together.timeline import Timeline, timeline_of
from portal.features.themes.types import Viewer
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.manifest import HistoryRules, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Partial, Ready

TODAY = date(2026, 3, 3)


ITEMS = Items(
    path="Dingen/Ding",
    one="ding",
    many="dingen",
    title=("name",),
    when=("from", "decided", "year"),
    until=("until",),
)
THINGS = entry("things", items=ITEMS)
REGISTER = entry("register", provides="birth_date")
HISTORY = entry(
    "history",
    history=HistoryRules("@Van", "@Tot", one_at_a_time=("Adres",), titles=("address", "wed_on")),
    groups={"Adres": "Adres", "Geboorte": "Geboorte", "Huwelijk": "Huwelijk"},
)


def thing(n: int, name: str, **dates: str) -> list[Fact]:
    path = f"Dingen/Ding[{n}]"
    words = {"from": "Van", "until": "Tot", "decided": "Beslist op", "year": "Schooljaar"}
    facts = [
        Fact(key, words[key], value, "text" if key == "year" else "date", f"{path}/{key}")
        for key, value in dates.items()
    ]
    return [Fact("name", "Naam", name, "text", f"{path}/Naam"), *facts]


def things(*each: list[Fact]) -> Ready:
    return Ready(tuple(fact for one in each for fact in one), NOW)


def draw(*found, unasked=(), viewer: Viewer | None = None) -> Timeline:
    return timeline_of(found, unasked, viewer or Viewer(), TODAY)


def events_of(line: Timeline) -> list[tuple[int, str, str]]:
    return [
        (year.year, each.title, each.words)
        for decade in line.decades
        for year in decade.years
        for each in year.events
    ]


def test_the_newest_comes_first_by_year_and_decade():
    line = draw(
        (
            THINGS,
            things(
                thing(1, "oud", decided="1999-05-05"),
                thing(2, "jaar", decided="2010-00-00"),
                thing(3, "maand", decided="2010-03-00"),
                thing(4, "dag", decided="2010-03-02"),
                thing(5, "school", year="2019-2020"),
            ),
        )
    )
    assert events_of(line) == [
        (2019, "school", "Schooljaar 2019-2020"),
        (2010, "dag", "Beslist op 2 maart 2010"),
        (2010, "maand", "Beslist in maart 2010"),
        (2010, "jaar", "Beslist in 2010"),
        (1999, "oud", "Beslist op 5 mei 1999"),
    ]
    assert [(decade.first, decade.count) for decade in line.decades] == [(2010, 4), (1990, 1)]
    assert (line.count, line.is_long, line.later, line.undated) == (5, False, [], [])


def test_an_item_that_ended_is_a_period_and_an_end_of_something_else_is_not_its_end():
    line = draw(
        (
            THINGS,
            things(
                thing(1, "af", **{"from": "2001-02-03", "until": "2004-00-00"}),
                thing(2, "open", **{"from": "2001-02-02"}),
                thing(3, "beslist", decided="2001-02-01", until="2009-01-01"),
                thing(4, "vaag", **{"from": "2001-01-01", "until": "0000-00-00"}),
            ),
        )
    )
    assert [words for _, _, words in events_of(line)] == [
        "van 3 februari 2001 tot en met 2004",
        "Van 2 februari 2001",
        "Beslist op 1 februari 2001",
        "Van 1 januari 2001",
    ]


def test_what_is_to_come_stands_apart_on_top():
    later = thing(1, "morgen", decided="2026-03-04"), thing(2, "ooit", decided="2031-00-00")
    line = draw(
        (THINGS, things(*later, thing(3, "nu", decided="2026-03-03"), thing(4, "dit jaar", decided="2026-00-00")))
    )
    assert [each.title for each in line.later] == ["ooit", "morgen"]
    assert [title for _, title, _ in events_of(line)] == ["nu", "dit jaar"]


def test_what_has_no_date_is_counted_last_by_dataset():
    plain = entry("plain")
    found = things(
        thing(1, "a"),
        thing(2, "b", decided="0000-00-00"),
        thing(3, "c", decided="gisteren"),
        thing(4, "d", decided="1999-05-05"),
    )
    line = draw(
        (THINGS, found), (plain, Ready((Fact("x", "X", "1999-05-05", "date", "X"),), NOW)), (REGISTER, Nothing(NOW))
    )
    assert [(one.entry, one.count) for one in line.undated] == [(THINGS, 3), (plain, 0)]
    assert [title for _, title, _ in events_of(line)] == ["d"]


def period(element: str, n: int, *facts: tuple[str, str, str], begin: str = "", end: str = "") -> list[Fact]:
    path = f"H/{element}[{n}]"
    dates = [("since", begin, "@Van"), ("until", end, "@Tot")]
    return [Fact(key, key, value, kind, f"{path}/{key}") for key, value, kind in facts] + [
        Fact(key, key, value, "date", f"{path}/{leaf}") for key, value, leaf in dates if value
    ]


def test_periods_of_a_history_stand_with_their_kind_and_their_time():
    line = draw(
        (
            HISTORY,
            things(
                period("Adres", 1, ("address", "Lei 1", "text"), begin="1981-08-14"),
                period("Adres", 2, ("address", "Vest 3", "text"), begin="2019-07-01"),
                period("Adres", 3, ("address", "Kaai 9", "text"), end="1975-00-00"),
                period("Huwelijk", 1, ("wed_on", "2001-05-05", "date"), begin="2001-05-05"),
                [Fact("loose", "Los", "iets", "text", "H/Los")],
            ),
        )
    )
    assert events_of(line) == [
        (2019, "Adres: Vest 3", "sinds 1 juli 2019"),
        (2001, "Huwelijk: 5 mei 2001", "sinds 5 mei 2001"),
        (1981, "Adres: Lei 1", "van 14 augustus 1981 tot 1 juli 2019"),
        (1975, "Adres: Kaai 9", "tot 1975, begin niet bekend"),
    ]


def test_a_birth_stands_there_once_and_another_one_beside_it():
    born = Ready((Fact("birth_date", "Geboren", "1971-03-02", "date", "G"),), NOW)
    same = period("Geboorte", 1, ("birth_date", "1971-03-02", "date"), ("place", "Mol", "text"), begin="1971-03-02")
    other = period("Geboorte", 2, ("birth_date", "1971-03-20", "date"), ("place", "Mol", "text"), begin="1971-03-20")
    line = draw((REGISTER, born), (HISTORY, things(same, other)))
    assert events_of(line) == [
        (1971, "Geboorte: 20 maart 1971 · Mol", "sinds 20 maart 1971"),
        (1971, "Uw geboorte", "2 maart 1971"),
    ]
    unknown = Ready((Fact("birth_date", "Geboren", "0000-00-00", "date", "G"),), NOW)
    line = draw((REGISTER, unknown), (HISTORY, things(same)))
    assert [title for _, title, _ in events_of(line)] == ["Geboorte: 2 maart 1971 · Mol"]
    assert [one.entry for one in line.undated] == [REGISTER]


def test_what_did_not_come_is_named_and_a_part_is_drawn():
    part = Partial(things(thing(1, "a", decided="1999-05-05")).value, (Missing("X", "1", "unavailable"),), NOW)
    line = draw((THINGS, part), (HISTORY, Down("busy")), unasked=[REGISTER])
    assert [title for _, title, _ in events_of(line)] == ["a"]
    assert [one.entry for one in line.coverage.unanswered] == [THINGS, HISTORY]
    assert (line.coverage.unasked, line.undated) == ([REGISTER], [])


PEOPLE = entry(
    "household",
    items=Items("Leden/Lid", "persoon", "personen", ("name",), when=("member_since",), about="people"),
)


def member(n: int, name: str, since: str, born: str = "1982-11-03") -> list[Fact]:
    path = f"Leden/Lid[{n}]"
    return [
        Fact("name", "Naam", name, "text", f"{path}/Naam"),
        Fact("birth_date", "Geboortedatum", born, "date", f"{path}/Geboren"),
        Fact("member_since", "Lid van het gezin sinds", since, "date", f"{path}/@Van"),
    ]


def test_who_lives_with_me_stands_on_the_line_since_when_the_page_says():
    line = draw((PEOPLE, things(member(1, "Tom Aerts", "2006-08-26"), member(2, "Noor", "2024-10-00"))))
    assert events_of(line) == [
        (2024, "Noor", "Lid van het gezin sinds oktober 2024"),
        (2006, "Tom Aerts", "Lid van het gezin sinds 26 augustus 2006"),
    ]
    assert line.undated == []


def test_who_lives_with_me_is_not_said_again_beside_a_history_that_says_it():
    history = entry(
        "of_household",
        history=HistoryRules("@Van", "@Tot", titles=("name",)),
        groups={"Lid": "Wie er bij het gezin hoorde"},
    )
    said = things(period("Lid", 1, ("name", "Tom Aerts", "text"), begin="2006-08-26"))
    line = draw(
        (PEOPLE, things(member(1, "Tom Aerts", "2006-08-26"), member(2, "Noor", "2024-10-01"))), (history, said)
    )
    assert [title for _, title, _ in events_of(line)] == ["Noor", "Wie er bij het gezin hoorde: Tom Aerts"]


def test_a_household_in_which_somebody_has_my_birthday_is_not_taken_for_my_birth():
    born = Ready((Fact("birth_date", "Geboren", "1984-05-14", "date", "G"),), NOW)
    history = entry(
        "of_household",
        history=HistoryRules("@Van", "@Tot", titles=("name",)),
        groups={"Lid": "Wie er bij het gezin hoorde"},
    )
    me = period("Lid", 1, ("name", "Lies", "text"), ("birth_date", "1984-05-14", "date"), begin="2006-08-26")
    line = draw((REGISTER, born), (history, things(me)))
    assert [title for _, title, _ in events_of(line)] == ["Wie er bij het gezin hoorde: Lies", "Uw geboorte"]


def test_what_has_a_date_on_its_own_page_is_not_said_to_have_none():
    facts = member(1, "Tom Aerts", "0000-00-00"), member(2, "Noor", "", born="0000-00-00")
    line = draw((PEOPLE, things(*facts)))
    assert [(one.count, one.has_birth) for one in line.undated] == [(1, False), (0, False)]
    register = Ready((Fact("birth_date", "Geboren", "1971-03-02", "date", "G"),), NOW)
    # The birth stands on the line, so it is not said to be left out.
    (rest,) = draw((REGISTER, register)).undated
    assert (rest.entry, rest.count, rest.has_birth) == (REGISTER, 0, True)


def test_each_item_leads_to_its_own_page_also_in_a_long_list():
    many = things(*(thing(n, f"ding {n}", decided=f"{1990 + n % 30}-01-01") for n in range(1, 801)))
    line = draw((THINGS, many), viewer=Viewer(item_address=lambda of, item: f"/{of.dataset.id}/{item.hex()}/"))
    hrefs = [each.href for decade in line.decades for year in decade.years for each in year.events]
    assert (len(hrefs), len(set(hrefs)), "" in hrefs) == (800, 800, False)
    assert (line.count, line.is_long) == (800, True)


def test_a_timeline_is_folded_when_it_is_long():
    many = [thing(n, "x", decided="2001-01-01") for n in range(1, timeline.MANY + 2)]
    assert [draw((THINGS, things(*many[:count]))).is_long for count in (timeline.MANY, timeline.MANY + 1)] == [
        False,
        True,
    ]


DAY = st.builds(IncompleteDate, st.sampled_from([0, 1971, 1999, 2026, 2031]), st.integers(0, 12), st.integers(0, 28))


@given(st.lists(DAY.map(IncompleteDate.iso) | st.just("?"), max_size=20))
def test_every_item_is_somewhere_once_and_in_order(days):
    line = draw((THINGS, things(*(thing(n, str(n), decided=day) for n, day in enumerate(days, 1)))))
    lines = [*line.later, *(each for decade in line.decades for year in decade.years for each in year.events)]
    assert len(lines) + sum(one.count for one in line.undated) == len(days)
    assert [each.day for each in lines] == sorted((each.day for each in lines), reverse=True)
    assert all(each.day.earliest() > TODAY for each in line.later)
    assert all(each.day.earliest() <= TODAY for each in lines[len(line.later) :])
    assert all(year.year // 10 * 10 == decade.first for decade in line.decades for year in decade.years)
