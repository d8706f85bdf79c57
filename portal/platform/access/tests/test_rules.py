"""Who may come in: adults by the register or their number, over the whole range of dates and numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.access import rules
from portal.platform.access.types import Admitted, Assurance, Refused, SignInFailure, SignInMeans
from portal.platform.kit.incomplete_date import IncompleteDate, birthday

pytestmark = pytest.mark.security

days = st.dates(date(1900, 1, 1), date(2090, 12, 31))
births = st.dates(date(1905, 1, 1), date(2040, 12, 31))
serials = st.integers(1, 997)

TOO_WEAK = Refused(SignInFailure.MEANS_TOO_WEAK)


def number_of(born: IncompleteDate, serial: int, raised: int = 60) -> str:
    """Make a valid number out of its parts; a test number unless told otherwise."""
    nine = f"{born.year % 100:02}{born.month + raised:02}{born.day:02}{serial:03}"
    check = 97 - int(("2" if born.year >= 2000 else "") + nine) % 97
    return f"{nine}{check:02}"


def complete(day: date) -> IncompleteDate:
    return IncompleteDate(day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("means", "assurance"),
    [
        ("eid", Assurance.HIGH),
        ("eidashigh", Assurance.HIGH),
        ("itsme", Assurance.HIGH),
        ("csamtotp", Assurance.SUBSTANTIAL),
        ("csamsms", Assurance.SUBSTANTIAL),
        ("eidassubstantial", Assurance.SUBSTANTIAL),
        ("fedtoken", Assurance.LOW),
        ("csampassword", Assurance.LOW),
        ("csamselfreg", Assurance.LOW),
        ("tlsclient", Assurance.LOW),
        ("unknown", Assurance.LOW),
        ("", Assurance.LOW),
    ],
)
def test_assurance_follows_the_contract(means, assurance):
    assert rules.assurance_of(f"urn:be:vlaanderen:authmech:{means}") is assurance


@given(st.none() | st.text())
def test_assurance_of_anything_else_is_low(acr):
    assert rules.assurance_of(acr) is Assurance.LOW


def test_assurance_needs_the_whole_urn():
    assert [rules.assurance_of(acr) for acr in ("eid", "urn:be:vlaanderen:authmech:EID")] == [Assurance.LOW] * 2


def test_allowed_acr_are_those_at_least_substantial():
    every = {means for means in SignInMeans if rules.assurance_of(rules.AUTHMECH + means) >= Assurance.SUBSTANTIAL}
    assert {rules.AUTHMECH + means for means in every} == set(rules.ALLOWED_ACR)


@pytest.mark.parametrize(
    ("means", "group", "insz", "said"),
    [
        ("eid", "BUR", "71690999827", Admitted()),
        ("csamsms", "BUR", "71690999827", Admitted()),
        ("fedtoken", "BUR", "71690999827", Refused(SignInFailure.FEDERAL_TOKEN)),
        ("csamselfreg", "BUR", "", TOO_WEAK),
        ("csampassword", "GID", "", TOO_WEAK),
        ("eid", "GID", "71690999827", Refused(SignInFailure.NOT_A_CITIZEN)),
        ("eid", "bur", "71690999827", Refused(SignInFailure.NOT_A_CITIZEN)),
        ("eid", "", "71690999827", Refused(SignInFailure.NOT_A_CITIZEN)),
        ("eid", None, "71690999827", Refused(SignInFailure.NOT_A_CITIZEN)),
        ("eid", "BUR", None, Refused(SignInFailure.NO_NATIONAL_NUMBER)),
        ("eid", "BUR", "", Refused(SignInFailure.NO_NATIONAL_NUMBER)),
        ("eid", "BUR", "71690999828", Refused(SignInFailure.NO_NATIONAL_NUMBER)),
        ("eid", "BUR", "71.69.09-998.27", Refused(SignInFailure.NO_NATIONAL_NUMBER)),
    ],
)
def test_claims_admission_names_the_first_thing_in_the_way(means, group, insz, said):
    assert rules.claims_admission(rules.AUTHMECH + means, group, insz) == said


@given(births, st.dates(date(2041, 1, 1), date(2090, 12, 31)), serials)
def test_admission_by_a_complete_birth_date_is_exact(born, today, serial):
    insz = number_of(IncompleteDate(1950, 1, 1), serial)  # whatever the number says, the register knows better
    said = rules.admission(insz, complete(born), today)
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    assert said == (Admitted() if years >= 18 else Refused(SignInFailure.MINOR))


@given(births, st.dates(date(2041, 1, 1), date(2090, 12, 31)), serials, st.booleans())
def test_admission_by_an_incomplete_birth_date_only_when_it_is_certain(born, today, serial, knows_month):
    known = IncompleteDate(born.year, born.month if knows_month else 0, 0)
    first, last = known.earliest(), known.latest()
    assert first
    assert last
    possible = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    adult = {birthday(day, 18) <= today for day in possible}
    expected = {
        (True,): Admitted(),
        (False,): Refused(SignInFailure.MINOR),
        (False, True): Refused(SignInFailure.BIRTH_DATE_INCOMPLETE),
    }[tuple(sorted(adult))]
    assert rules.admission(number_of(IncompleteDate(1950, 1, 1), serial), known, today) == expected


@given(births, days, serials, st.sampled_from((0, 20, 40, 60)))
def test_admission_without_the_register_takes_nineteen_years_by_the_number(born, today, serial, raised):
    insz = number_of(complete(born), serial, raised)
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    expected = Admitted() if years >= 19 else Refused(SignInFailure.AGE_NOT_KNOWN)
    assert rules.admission(insz, None, today) == expected


@given(births, st.dates(date(2041, 1, 1), date(2090, 12, 31)), serials, st.sampled_from((0, 20, 40, 60)))
def test_admission_by_a_register_that_does_not_know_goes_by_what_the_number_makes_certain(
    born, today, serial, raised
):
    nonsense = complete(today + timedelta(days=1))
    for known in (complete(born), IncompleteDate(born.year, born.month, 0), IncompleteDate(born.year, 0, 0)):
        if known.iso() == "2000-00-00" or (raised == 0 and known.iso().endswith("00-00-00")):
            continue  # 00.00.00: nobody knows the year either
        expected = rules.admission(number_of(known, serial, raised), known, today)
        for said in (rules.UNKNOWN, nonsense):
            assert rules.admission(number_of(known, serial, raised), said, today) == expected


@pytest.mark.parametrize(
    ("insz", "today", "said"),
    [
        ("71000012310", date(2026, 11, 28), Admitted()),
        ("71200012551", date(2026, 11, 28), Admitted()),
        (number_of(IncompleteDate(2008, 0, 0), 1), date(2026, 11, 28), Refused(SignInFailure.BIRTH_DATE_INCOMPLETE)),
        (number_of(IncompleteDate(2008, 0, 0), 1), date(2026, 12, 31), Admitted()),
        (number_of(IncompleteDate(2012, 0, 0), 1), date(2026, 11, 28), Refused(SignInFailure.MINOR)),
        (
            number_of(IncompleteDate(1900, 0, 0), 1, 0),
            date(2026, 11, 28),
            Refused(SignInFailure.BIRTH_DATE_INCOMPLETE),
        ),
    ],
)
def test_unknown_birth_date_is_an_answer_and_never_later(insz, today, said):
    assert rules.admission(insz, rules.UNKNOWN, today) == said


@given(births, serials, st.booleans())
def test_admission_without_the_register_needs_a_complete_number(born, serial, knows_month):
    insz = number_of(IncompleteDate(born.year, born.month if knows_month else 0, 0), serial)
    assert rules.admission(insz, None, date(2090, 1, 1)) == Refused(SignInFailure.AGE_NOT_KNOWN)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 2, 28), Refused(SignInFailure.MINOR)),
        (date(2026, 3, 1), Admitted()),
    ],
)
def test_admission_of_who_was_born_on_a_leap_day_is_on_the_first_of_march(today, said):
    assert rules.admission("71690999827", IncompleteDate(2008, 2, 29), today) == said
