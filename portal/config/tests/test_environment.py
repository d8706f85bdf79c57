"""Settings are read as whoever wrote them meant them; what cannot be read becomes a problem, never an end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import environment
from portal.platform.database.pool import PINNED


@pytest.fixture
def problems(monkeypatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(environment, "problems", found)
    monkeypatch.setattr(environment, "addresses", [])
    return found


@pytest.mark.parametrize(
    ("written", "origin", "host"),
    [
        ("https://portal.example", "https://portal.example", "portal.example"),
        ("https://Portal.Example:443/", "https://portal.example", "portal.example"),
        ("http://localhost:80", "http://localhost", "localhost"),
        ("https://portal.example:8443", "https://portal.example:8443", "portal.example"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]"),
        ("http://[::1]", "http://[::1]", "[::1]"),
    ],
)
def test_origin_is_as_a_browser_writes_it(monkeypatch, problems, written, origin, host):
    monkeypatch.setenv("PORTAL_ORIGIN", written)
    read = environment.origin("PORTAL_ORIGIN", "http://localhost:8000")
    assert (read, environment.host_of(read), problems) == (origin, host, [])


@pytest.mark.parametrize(
    "written",
    [
        "portal.example",
        "ftp://portal.example",
        "https://",
        "https://portal.example/x",
        "https://portal.example?x",
        "https://someone@portal.example",
        "https://portal.example:x",
        "https://[::1",
    ],
)
def test_what_is_no_origin_is_one_problem(monkeypatch, problems, written):
    monkeypatch.setenv("PORTAL_ORIGIN", written)
    environment.origin("PORTAL_ORIGIN", "http://localhost:8000")
    assert [name for name, _ in problems] == ["PORTAL_ORIGIN"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("postgresql://me:p%40ss@db.example:5433/portal", ("portal", "me", "p@ss", "db.example", "5433", {})),
        ("postgres://me@/portal?host=/run/socket", ("portal", "me", "", "/run/socket", "", {})),
        ("postgresql://me@[::1]/portal", ("portal", "me", "", "::1", "", {})),
        (
            "postgresql://me@one:5432,other:5433/portal?sslmode=verify-full&target_session_attrs=read-write",
            (
                "portal",
                "me",
                "",
                "one,other",
                "5432,5433",
                {"sslmode": "verify-full", "target_session_attrs": "read-write"},
            ),
        ),
    ],
)
def test_database_is_read_as_libpq_does(monkeypatch, problems, written, expected):
    monkeypatch.setenv("DATABASE_URL", written)
    read = environment.database("DATABASE_URL") or {}
    *named, options = expected
    assert [read[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == named
    assert (read["OPTIONS"], problems) == ({"options": PINNED, **options}, [])


@pytest.mark.parametrize(
    "written",
    [
        "portal",
        "host=db dbname=portal",
        "mysql://me@db/portal",
        "postgresql://me@db",
        "postgresql://me@db:x,/",
        "postgresql://me@[::1/portal",
        "postgresql://me@db/portal?colour=red",
    ],
)
def test_what_is_no_database_is_one_problem(monkeypatch, problems, written):
    monkeypatch.setenv("DATABASE_URL", written)
    assert environment.database("DATABASE_URL") is None
    assert [name for name, _ in problems] == ["DATABASE_URL"]


@pytest.mark.parametrize(
    "written",
    [
        "https://magda.example:8443/{domain}.{service}-{version}/soap",
        "HTTPS://magda.example",
        "http://[::1]:8100/soap",
    ],
)
def test_address_of_a_service_is_taken_as_it_is(monkeypatch, problems, written):
    monkeypatch.setenv("MAGDA_URL", written)
    assert (environment.address("MAGDA_URL"), problems) == (written, [])
    monkeypatch.setenv("MAGDA_URL", "")
    assert (environment.address("MAGDA_URL", ""), problems) == ("", [])


@pytest.mark.parametrize(
    "written",
    [
        "https://[::1",
        "https://magda.example:x/soap",
        "magda.example/soap",
        "magda.example:443/soap",
        "https//magda.example/soap",
        "https:/magda.example/soap",
        "https://:443/soap",
        "ftp://magda.example/soap",
    ],
)
def test_what_is_no_address_is_one_problem(monkeypatch, problems, written):
    monkeypatch.setenv("MAGDA_URL", written)
    assert environment.address("MAGDA_URL") == ""
    assert [name for name, _ in problems] == ["MAGDA_URL"]


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "3000000", "9" * 5000, "²"])
def test_number_that_is_none_or_too_great_is_one_problem(monkeypatch, problems, written):
    monkeypatch.setenv("KEYS_BACKUP_DAYS", written)
    assert environment.number("KEYS_BACKUP_DAYS", 30, most=3650) == 30
    assert [name for name, _ in problems] == ["KEYS_BACKUP_DAYS"]
    if written == "3000000":
        assert problems[0][1] == "KEYS_BACKUP_DAYS must be a whole number from 1 to 3650, not '3000000'."


@pytest.mark.parametrize("written", ["1", "3650"])
def test_number_up_to_the_greatest_is_read(monkeypatch, problems, written):
    monkeypatch.setenv("KEYS_BACKUP_DAYS", written)
    assert (environment.number("KEYS_BACKUP_DAYS", 30, most=3650), problems) == (int(written), [])


def test_days_and_seconds_that_no_calendar_holds_are_problems():
    """`3000000` for `30` made every erasure fail, and no check said so."""
    names = {"KEYS_BACKUP_DAYS", "CORRECTIONS_RETRY_SECONDS", "CORRECTIONS_RETRY_FOR_SECONDS", "SMTP_PORT"}
    program = "from portal.config import environment, settings; print(*(name for name, _ in environment.problems))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | dict.fromkeys(names, "3000000000000"),
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert names <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("written", "is_on"),
    [("1", True), ("True", True), (" yes ", True), ("", False), ("0", False), ("false", False), ("No", False)],
)
def test_switch_is_on_or_off(monkeypatch, problems, written, is_on):
    monkeypatch.setenv("PAGES_UNCOUNTED", written)
    assert (environment.flag("PAGES_UNCOUNTED"), problems) == (is_on, [])


@pytest.mark.parametrize("written", ["on", "ja", "2", "1 # of the test"])
def test_what_is_neither_on_nor_off_is_one_problem(monkeypatch, problems, written):
    monkeypatch.setenv("PAGES_UNCOUNTED", written)
    assert environment.flag("PAGES_UNCOUNTED") is False
    assert [name for name, _ in problems] == ["PAGES_UNCOUNTED"]
