"""What is laid side by side: only what is the citizen's own and holds now, and never an answer with itself."""

from datetime import date

import msgspec
import pytest

from portal.features.themes import section
from portal.features.themes.section import AddressKeys, ComparedKeys, NameKeys, OwnElement
from portal.features.themes.tests.made import NOW, fact
from portal.features.themes.tests.made import entry as any_entry
from portal.features.themes.together.comparing import Agreement
from portal.features.themes.together.differences import REASONS, TITLES, SharedTopic, comparable, differences_of
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import HistoryRules, Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready

TODAY = date(2026, 3, 3)
ME, OTHER = "84651421235", "90670124448"


def entry(name: str, compared: ComparedKeys | None, **changes) -> DatasetEntry:
    made = any_entry(name, compared=compared, **{"magda": Magda("D", name, "01.00.0000", "urn:x", "q.xml")} | changes)
    # Without a folder: the text of the question is the service's name.
    vars(made)["question"] = name if "magda" not in changes else changes["magda"].service
    return made


REGISTER = entry(
    "register",
    ComparedKeys(
        name=NameKeys(given="given", family="family"),
        address=AddressKeys(whole="address"),
        birth_date="born",
        nationality="nation",
        national_number="number",
    ),
)
SCHOOL = entry(
    "school",
    ComparedKeys(
        name=NameKeys(whole="called"),
        address=AddressKeys(street="street", number="house", postcode="code", municipality="town"),
        birth_date="birthday",
        nationality="nation",
        national_number="number",
    ),
)


def compare(*found, unasked=()):
    return differences_of(found, unasked, insz=ME, today=TODAY)


def statements_of(matters) -> list[tuple[str, list[tuple[list[str], list[str]]]]]:
    return [
        (
            matter.topic,
            [(list(row.texts), [voice.entry.dataset.id for voice in row.voices]) for row in matter.statements],
        )
        for matter in matters
    ]


def test_what_differs_comes_apart_from_what_is_the_same():
    one = Ready((fact("address", "Lei 1, 9000 Gent"), fact("born", "1971-03-02", kind="date")), NOW)
    other = Ready(
        (
            fact("street", "Vest"),
            fact("house", "3"),
            fact("code", "9000"),
            fact("town", "Gent"),
            fact("birthday", "1971-03-02", kind="date"),
        ),
        NOW,
    )
    found = compare((REGISTER, one), (SCHOOL, other))
    assert statements_of(found.different) == [
        ("address", [(["Lei 1, 9000 Gent"], ["register"]), (["Vest 3, 9000 Gent"], ["school"])])
    ]
    assert statements_of(found.same) == [("birth_date", [(["2 maart 1971"], ["register", "school"])])]
    assert (found.different[0].reason, found.same[0].reason) == (REASONS[SharedTopic.ADDRESS], "")
    assert (found.same[0].count, found.same[0].agreement) == (2, Agreement.SAME)
    assert (found.silent, found.coverage.is_whole) == ([], True)


def test_who_says_less_does_not_differ():
    one = Ready(
        (fact("given", "Lies Rosa"), fact("family", "Verhaegen"), fact("born", "1971-03-02", kind="date")), NOW
    )
    other = Ready((fact("called", "LIES VERHAEGEN"), fact("birthday", "1971-00-00", kind="date")), NOW)
    found = compare((REGISTER, one), (SCHOOL, other))
    assert statements_of(found.different) == []
    assert statements_of(found.same) == [
        ("name", [(["Lies Rosa Verhaegen"], ["register"]), (["LIES VERHAEGEN"], ["school"])]),
        ("birth_date", [(["2 maart 1971"], ["register"]), (["in 1971"], ["school"])]),
    ]
    assert {matter.agreement for matter in found.same} == {Agreement.LESS}


def test_what_only_one_says_is_left_out():
    found = compare((REGISTER, Ready((fact("born", "1971-03-02", kind="date"),), NOW)), (SCHOOL, Ready((), NOW)))
    assert (found.different, found.same) == ([], [])
    assert found.silent == [SCHOOL]


def test_masked_numbers_that_look_alike_stay_apart():
    numbers = ["84651421235", "84651421334"]
    answers = [Ready((fact("number", number, kind="national_number"),), NOW) for number in numbers]
    (matter,) = compare((REGISTER, answers[0]), (SCHOOL, answers[1])).different
    assert [row.texts for row in matter.statements] == [["84.65.14-•••.••"]] * 2


def test_one_nationality_of_two_is_a_difference():
    one = Ready((fact("nation", "Belg"), fact("nation", "Marokkaans"), fact("nation", "Belg")), NOW)
    (matter,) = compare((REGISTER, one), (SCHOOL, Ready((fact("nation", "BELG"),), NOW))).different
    assert [row.texts for row in matter.statements] == [["Belg", "Marokkaans"], ["BELG"]]


HOUSEHOLD = entry(
    "household",
    ComparedKeys(of=OwnElement("Leden/Lid", "number"), birth_date="born", address=AddressKeys(whole="address")),
)


def member(n: int, number: str, born: str, address: str) -> list[Fact]:
    path = f"Leden/Lid[{n}]"
    return [
        fact("number", number, f"{path}/INSZ", "national_number"),
        fact("born", born, f"{path}/Geboorte", "date"),
        fact("address", address, f"{path}/Adressen/Adres"),
    ]


def test_nothing_of_another_member_of_the_household_is_taken_for_ones_own():
    mine = Ready((fact("born", "1971-03-02", kind="date"), fact("address", "Lei 1, 9000 Gent")), NOW)
    people = [*member(1, OTHER, "1990-07-01", "Vest 3, 9000 Gent"), *member(2, ME, "1971-03-02", "Lei 1, 9000 Gent")]
    found = compare((REGISTER, mine), (HOUSEHOLD, Ready(tuple(people), NOW)))
    assert statements_of(found.different) == []
    assert [kind for kind, _ in statements_of(found.same)] == ["birth_date", "address"]
    # Of a household in which the citizen's own number does not stand, nothing is theirs.
    strangers = [*member(1, OTHER, "1990-07-01", "Vest 3, 9000 Gent"), fact("number", ME), fact("born", "1980-01-01")]
    found = compare((REGISTER, mine), (HOUSEHOLD, Ready(tuple(strangers), NOW)))
    assert (found.different, found.same, found.silent) == ([], [], [HOUSEHOLD])


HISTORY = entry(
    "history",
    ComparedKeys(address=AddressKeys(whole="address"), nationality="nation"),
    history=HistoryRules("@Van", "@Tot", one_at_a_time=("Adres",)),
    groups={"Adres": "Adres", "Natie": "Nationaliteit"},
)


def period(element: str, n: int, key: str, value: str, begin: str = "", end: str = "") -> list[Fact]:
    path = f"{element}[{n}]"
    facts = [fact(key, value, path)]
    facts += [fact("since", begin, f"{path}/@Van", "date")] if begin else []
    return facts + ([fact("until", end, f"{path}/@Tot", "date")] if end else [])


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        ([("Lei 1", "2001-01-01", ""), ("Vest 3", "2019-07-01", "")], ["Vest 3"]),
        ([("Vest 3", "2019-07-01", ""), ("Lei 1", "", "")], ["Vest 3"]),
        ([("Lei 1", "2001-01-01", ""), ("Vest 3", "2026-03-04", "")], ["Lei 1"]),
        ([("Lei 1", "2001-01-01", ""), ("Vest 3", "2019-07-01", "2026-03-03")], []),
        ([("Lei 1", "2001-01-01", "2026-03-04")], ["Lei 1"]),
        ([("Lei 1", "2001-01-01", "0000-00-00")], []),
    ],
)
def test_of_a_history_only_what_holds_now_counts(periods, said):
    facts = [one for n, each in enumerate(periods, 1) for one in period("Adres", n, "address", *each)]
    mine = Ready((fact("address", "Kaai 9"),), NOW)
    found = compare((REGISTER, mine), (HISTORY, Ready(tuple(facts), NOW)))
    assert [row.texts for matter in found.different for row in matter.statements[1:]] == [[one] for one in said]


def test_of_what_may_hold_together_all_that_did_not_end_counts():
    facts = [
        *period("Natie", 1, "nation", "Belg", "1971-01-01"),
        *period("Natie", 2, "nation", "Frans", "1980-01-01"),
        *period("Natie", 3, "nation", "Duits", "1975-01-01", "1980-01-01"),
    ]
    mine = Ready((fact("nation", "Frans"), fact("nation", "Belg")), NOW)
    assert compare((REGISTER, mine), (HISTORY, Ready(tuple(facts), NOW))).different == []


def test_an_answer_that_two_datasets_read_does_not_agree_with_itself():
    twin = entry("twin", ComparedKeys(birth_date="born"), magda=msgspec.structs.replace(REGISTER.dataset.magda))
    born = Ready((fact("born", "1971-03-02", kind="date"),), NOW)
    found = compare((REGISTER, born), (twin, born))
    assert (found.same, found.different, found.silent) == ([], [], [])


@pytest.mark.parametrize("outcome", [Nothing(NOW), Ready((fact("nation", "Belg"),), NOW), Late(NOW)])
def test_of_datasets_that_read_one_answer_the_first_that_says_something_of_a_topic_speaks(outcome):
    same = {"magda": msgspec.structs.replace(REGISTER.dataset.magda)}
    twin = entry("twin", ComparedKeys(birth_date="born"), **same)
    third = entry("third", ComparedKeys(birth_date="born"), **same)
    born = Ready((fact("born", "1971-03-02", kind="date"),), NOW)
    other = Ready((fact("birthday", "1999-01-01", kind="date"),), NOW)
    found = compare((REGISTER, outcome), (twin, born), (third, born), (SCHOOL, other))
    assert statements_of(found.different) == [
        ("birth_date", [(["2 maart 1971"], ["twin"]), (["1 januari 1999"], ["school"])])
    ]


def test_what_could_not_be_compared_is_named():
    part = Partial((fact("born", "1971-03-02", kind="date"),), (Missing("X", "1", "unavailable"),), NOW)
    late, down = entry("late", section.of(REGISTER).compared), entry("down", section.of(REGISTER).compared)
    empty = entry("empty", section.of(REGISTER).compared)
    found = compare(
        (REGISTER, part), (late, Late(NOW)), (down, Down("busy")), (empty, Nothing(NOW)), unasked=[SCHOOL]
    )
    assert (found.same, found.different, found.silent) == ([], [], [empty])
    assert [one.entry for one in found.coverage.unanswered] == [REGISTER, late, down]
    assert (found.coverage.unasked, found.coverage.is_whole) == ([SCHOOL], False)


def test_what_came_in_part_is_compared_all_the_same():
    part = Partial((fact("born", "1971-03-02", kind="date"),), (Missing("X", "1", "unavailable"),), NOW)
    found = compare((REGISTER, part), (SCHOOL, Ready((fact("birthday", "1971-03-03", kind="date"),), NOW)))
    assert [matter.topic for matter in found.different] == [SharedTopic.BIRTH_DATE]
    assert not found.coverage.is_whole


def test_of_a_history_that_came_in_part_nobody_knows_what_holds_now():
    """The address of today may be in what is missing."""
    part = Partial(tuple(period("Adres", 1, "address", "Lei 1", "2001-01-01")), (Missing("X", "1", "busy"),), NOW)
    found = compare((REGISTER, Ready((fact("address", "Kaai 9"),), NOW)), (HISTORY, part))
    assert (found.same, found.different, found.silent) == ([], [], [])
    assert [one.entry for one in found.coverage.unanswered] == [HISTORY]


def test_only_datasets_that_say_something_comparable_are_asked():
    assert comparable([REGISTER, entry("other", None), SCHOOL]) == [REGISTER, SCHOOL]


def test_each_kind_has_a_title_and_a_reason_and_is_a_key_of_the_manifest():
    keys = {field.name for field in msgspec.structs.fields(ComparedKeys)} - {"of"}
    assert {*SharedTopic} == set(TITLES) == set(REASONS) == keys
