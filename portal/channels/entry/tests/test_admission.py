"""What the register's answer says of the birth date."""

from datetime import UTC, datetime

import pytest

from portal.channels.entry.admission import birth_date_in
from portal.platform.access.rules import UNKNOWN
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def fact(key: str, value: str) -> Fact:
    return Fact(key, "Geboortedatum", value, "date", "Persoon/Geboorte/Datum")


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (Ready((fact("first_names", "Jan"), fact("birth_date", "1971-09-09")), NOW), IncompleteDate(1971, 9, 9)),
        (Partial((fact("birth_date", "1971-00-00"),), (), NOW), IncompleteDate(1971, 0, 0)),
        (Ready((fact("birth_date", "0000-00-00"),), NOW), UNKNOWN),
        (Ready((fact("birth_date", "1971-13-09"),), NOW), UNKNOWN),
        (Ready((fact("birth_date", ""),), NOW), UNKNOWN),
        (Ready((fact("child_birth_date", "2015-01-01"),), NOW), UNKNOWN),
        (Ready((fact("death_date", "2020-01-01"),), NOW), UNKNOWN),
        (Ready((), NOW), UNKNOWN),
        (Nothing(NOW), UNKNOWN),
        (Partial((), (Missing("MAGDA", "x", "unreadable"),), NOW), UNKNOWN),
        (Partial((), (Missing("MAGDA", "99996", "busy"),), NOW), None),
        (Partial((fact("birth_date", "0000-00-00"),), (Missing("MAGDA", "99996", "busy"),), NOW), UNKNOWN),
        (Late(), None),
        (Down("unavailable"), None),
    ],
)
def test_birth_date_is_read_or_absent(outcome, found):
    assert birth_date_in(outcome) == found
