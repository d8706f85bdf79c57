"""A log line for each consultation and each source in trouble, with references by which bodies find questions."""

import asyncio
import logging
import re
from collections.abc import Callable

import pytest
from django.test import override_settings

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Partial, Ready
from portal.platform.sources.traces import log_lines

from .in_process import FISH, THEN, outcomes, with_lookup

LONG = Missing("Stadsbestuur", "10 of 20", "long")


# All that is asked is in this loop, on the clock of which nothing is late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def lines(caplog) -> Callable[[], list[str]]:
    """What was said, with its level, and without how long it took."""
    caplog.set_level("INFO", "portal.sources")

    def read() -> list[str]:
        return [f"{one.levelname} {re.sub(r'[0-9]+ ms', 'N ms', one.getMessage())}" for one in caplog.records]

    return read


async def test_what_went_well_has_no_line_of_its_own(town, source, lines):
    entries = [town("a"), town("b"), town("c")]
    source.reads["town.b"] = Nothing(THEN)
    source.reads["town.c"] = Partial((FISH,), (LONG,), THEN)
    await outcomes(entries, source)
    assert lines() == []


async def test_each_source_in_trouble_has_a_line_with_the_reference_that_was_sent(town, source, lines):
    refused, slow, half = town("refused"), town("slow", deadline_s=0.01), town("half")
    source.trouble[refused.question.source] = Down("connection", "X")
    source.hangs.add(slow.question.source)
    source.reads["town.half"] = Partial((FISH,), (LONG, *[Missing("Waterloket", "7", "busy")] * 2), THEN)
    await outcomes([refused, slow, half], source)
    assert sorted(lines()) == [
        "WARNING town.half partial (busy: 7) N ms reference-2 c",
        "WARNING town.refused down (connection: X) N ms reference-0 c",
        "WARNING town.slow late N ms reference-1 c",
    ]


async def test_datasets_of_one_question_that_fare_alike_share_a_line(town, source, lines):
    both = [town("school", "enrolments"), town("college", "enrolments")]
    source.trouble[both[0].question.source] = Down("refused", "HTTP 401")
    await outcomes(both, source)
    assert lines() == ["WARNING town.school,town.college down (refused: HTTP 401) N ms reference-0 c"]


async def test_what_the_page_does_not_wait_for_has_a_line_too(town, source, lines):
    both, other = [town("school", "enrolments"), town("college", "enrolments")], town("other")
    source.hangs |= {both[0].question.source, other.question.source}
    await outcomes([*both, other], source, seconds=0.01)
    await asyncio.sleep(0)
    assert lines() == [
        "WARNING town.school,town.college late N ms reference-0 c",
        "WARNING town.other late N ms reference-1 c",
    ]


async def test_who_was_not_asked_has_no_reference_and_what_is_off_on_purpose_is_no_warning(town, source, lines):
    off = town("off")
    with override_settings(SOURCES_OFF=frozenset((off.question.source,))):
        await outcomes([off], source)
    assert lines() == ["INFO town.off down (off) N ms - c"]


async def test_second_questions_are_found_with_the_first(town, source, lines):
    entry = with_lookup(town)
    assert entry.lookup
    source.reads[entry.name] = Ready((FISH, Fact("fish", "Vis", "Baars", "text", "Vangst[2]/Vis")), THEN)
    source.trouble[entry.lookup.source] = Down("busy", "1")
    await outcomes([entry], source)
    assert lines() == ["WARNING town.catches partial (busy: 1) N ms reference-0+reference-1+reference-2 c"]


def test_line_of_a_consultation_counts_and_lists_what_was_sent(caplog):
    caplog.set_level(logging.INFO, "portal.sources")
    sent = {"town.a": [["1"], ["2", "3"]], "town.off": [[]]}
    log_lines.log_consultation({"ready": 2, "left": 1}, 0.25, sent, "c")
    log_lines.log_consultation({}, 0, {}, "c")
    assert [record.getMessage() for record in caplog.records] == [
        "ready 2 partial 0 nothing 0 late 0 down 0 kept 0 left 1 in 250 ms town.a=1+2+3 c",
        "ready 0 partial 0 nothing 0 late 0 down 0 kept 0 left 0 in 0 ms - c",
    ]
