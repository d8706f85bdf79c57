"""How long dossiers take: counted when a state ends, without names, given from thirty dossiers on, always true."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from portal.features.dossiers import duration_words
from portal.features.dossiers.reported import actions, contract, durations
from portal.features.dossiers.reported.durations import BodyProduct, ObservedDuration

from .reports import agent, report

SERVICE = BodyProduct("ahovoks", "685")
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_counted(past_walls: psycopg.Connection) -> Iterator[None]:
    for table in ("dossiers_reported", "dossiers_upload", "dossiers_duration"):
        past_walls.execute(f"delete from {table}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


async def moves(number: str, *steps: tuple[int, str, str]) -> None:
    """Report a dossier step by step: after how many days, with which status and phase."""
    for days, code, phase in steps:
        at = BEGIN + timedelta(days=days)
        content = report(
            Identificatie__DossierNummer=number,
            WijzigingsDatum=at.isoformat(),
            Status__VlaamsCode=code,
            Status__VlaamsFase=phase,
            # An enterprise: to be counted, a dossier needs no citizen.
            Agenten=[agent("0123456789")],
        )
        push, moment = contract.read(json.dumps(content).encode(), body="ahovoks", now=NOW)
        await actions.take("ahovoks", push, moment, now=NOW)


async def test_a_state_is_counted_when_another_comes_and_the_whole_at_its_end(past_walls):
    await moves("A", (0, "Ingediend", "Behandeling"), (3, "Ingediend", "Behandeling"), (10, "Beslist", "Beslissing"))
    await moves("A", (31, "Uitgevoerd", "Afgerond"), (40, "Betaald", "Afgerond"))
    days = past_walls.execute("select days, dossiers from dossiers_duration order by days").fetchall()
    assert days == [(10, 1), (21, 1), (31, 1)]


async def test_what_comes_late_twice_or_after_the_end_is_not_counted(past_walls):
    await moves("A", (0, "Ingediend", "Behandeling"), (10, "Beslist", "Beslissing"), (5, "InWacht", "Behandeling"))
    await moves(
        "A", (20, "Uitgevoerd", "Afgerond"), (30, "InBehandeling", "Behandeling"), (50, "Betaald", "Afgerond")
    )
    days = past_walls.execute("select days, dossiers from dossiers_duration order by days, dossiers").fetchall()
    assert days == [(10, 1), (10, 1), (20, 1)]


async def test_a_duration_is_given_from_thirty_dossiers_on(past_walls):
    mark = "Ingediend"
    for count in range(30):
        await moves(f"D-{count}", (0, mark, "Behandeling"))
    for count in range(29):
        await moves(f"D-{count}", (count, "Beslist", "Beslissing"))
    assert await durations.of_state(SERVICE, mark) is None
    await moves("D-29", (70, "Beslist", "Beslissing"))
    assert await durations.of_state(SERVICE, mark) == ObservedDuration(14, 21, 30)
    assert await durations.of_state(BodyProduct("dwse", "685"), mark) is None
    assert await durations.of_whole([SERVICE]) == {}


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 40)), min_size=1, max_size=30, unique_by=lambda one: one[0]
    )
)
def test_half_and_quarter_are_true_of_the_counts(counts):
    found = durations.duration_in(sorted(counts))
    every = [days for days, many in counts for _ in range(many)]
    if len(every) < 30:
        assert found is None
        return
    assert found is not None
    assert sum(days <= found.half for days in every) * 2 >= len(every)
    assert sum(days <= found.half - 1 for days in every) * 2 < len(every)
    if found.quarter:
        assert sum(days > found.quarter for days in every) * 4 >= len(every)
        assert found.quarter > found.half


@pytest.mark.parametrize(
    ("duration", "half", "quarter"),
    [
        (ObservedDuration(0, 0, 30), "1 dag", ""),
        (ObservedDuration(5, 9, 30), "5 dagen", "9 dagen"),
        (ObservedDuration(13, 15, 30), "13 dagen", "2 weken"),
        (ObservedDuration(15, 16, 30), "3 weken", ""),
        (ObservedDuration(21, 55, 1234), "3 weken", "7 weken"),
    ],
)
def test_it_is_rounded_so_that_it_holds(duration: ObservedDuration, half: str, quarter: str):
    assert duration_words.in_words(duration)[:2] == (half, quarter)
