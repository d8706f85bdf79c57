"""What the register's answer says of the birth date."""

from datetime import UTC, datetime

import pytest

from portal.channels.entry.admission import birth_date_in
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Partial, Ready

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def fact(key: str, value: str) -> Fact:
    return Fact(key, "Geboortedatum", value, "date", "Persoon/Geboorte/Datum")


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (Ready((fact("first_names", "Jan"), fact("birth_date", "1971-09-09")), NOW), IncompleteDate(1971, 9, 9)),
        (Partial((fact("birth_date", "1971-00-00"),), (), NOW), IncompleteDate(1971, 0, 0)),
        (Ready((fact("birth_date", "1971-13-09"),), NOW), None),
        (Ready((fact("birth_date", ""),), NOW), None),
        (Ready((fact("child_birth_date", "2015-01-01"),), NOW), None),
        (Ready((), NOW), None),
        (Nothing(NOW), None),
        (Late(), None),
        (Down("unavailable"), None),
    ],
)
def test_birth_date_is_read_or_absent(outcome, found):
    assert birth_date_in(outcome) == found
