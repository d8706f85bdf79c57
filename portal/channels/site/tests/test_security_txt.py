"""`security.txt`: as RFC 9116 says, and never expired."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import AsyncClient, override_settings

from portal.channels.site import security_views
from portal.config import checks


@pytest.mark.parametrize(
    ("today", "until"),
    [
        (date(2026, 11, 30), date(2027, 1, 1)),
        (date(2026, 12, 1), date(2027, 2, 1)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2028, 4, 1)),
    ],
)
def test_it_holds_until_the_end_of_the_next_month(today, until):
    assert security_views.expiry(today) == until


def test_on_no_day_is_it_over_within_the_month_or_holds_a_year():
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(5 * 366)]
    left = {(security_views.expiry(day) - day).days for day in days}
    assert min(left) > 27
    assert max(left) < 365


async def test_programs_find_whom_to_tell(database):
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURITY_EMAIL="wie@portaal.example"):
        answer = await AsyncClient().get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert len(fields) == len(lines)
    assert fields["Contact"] == "mailto:wie@portaal.example"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)
    assert fields["Preferred-Languages"] == "nl, en"
    assert fields["Canonical"].endswith("/.well-known/security.txt")
    assert fields["Policy"].endswith("/beveiliging/melden/")


async def test_page_promises_a_term_only_where_one_was_set(database):
    for days, promised in ((0, False), (5, True)):
        with override_settings(ALLOWED_HOSTS=["testserver"], SECURITY_ANSWER_DAYS=days):
            page = (await AsyncClient().get("/beveiliging/melden/")).content.decode()
        assert ("werkdagen laten wij weten" in page) is promised


def test_start_asks_for_whom_to_tell():
    assert checks.weaknesses_can_be_reported() == []
    for given in ("", "niemand", "a@b\nExpires: x"):
        with override_settings(SECURITY_EMAIL=given):
            (found,) = checks.weaknesses_can_be_reported()
        assert found.id == "portal.E066"
