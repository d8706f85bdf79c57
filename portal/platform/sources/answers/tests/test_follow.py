"""Second questions: a lookup asks another source about what the first answer only names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from portal.platform.sources.answers.follow import MOST, follow
from portal.platform.sources.answers.intake import MOST_FACTS, MOST_MISSING
from portal.platform.sources.catalogue import DatasetEntry, LookupEntry
from portal.platform.sources.datasets import inquiry_without_lookup
from portal.platform.sources.inquiry import Inquiry
from portal.platform.sources.manifest import Lookup
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import (
    Down,
    Late,
    Missing,
    Nothing,
    Outcome,
    Partial,
    Ready,
    missing_of,
)
from portal.platform.sources.tests.town import ENTRY

THEN = datetime(2026, 3, 3, tzinfo=UTC)
LOOKUP = Lookup("fish", "town-names", "parse", ENTRY.dataset.service)
NAMES = LookupEntry(ENTRY.agency, ENTRY.dataset, ENTRY.parse, LOOKUP)
FOLLOWED = DatasetEntry(ENTRY.agency, msgspec.structs.replace(ENTRY.dataset, lookup=LOOKUP), ENTRY.parse, NAMES)
SECOND = inquiry_without_lookup(NAMES)


def fish(value: str, n: int) -> Fact:
    return Fact("fish", "Vis", value, "code", f"Vangsten/Vangst[{n}]/Vis")


def named(name: str) -> Ready:
    return Ready((Fact("name", "Naam", name, "text", "Vis/Naam"),), THEN)


class Names:
    """Who knows the names: what is answered for each value, and which values were asked."""

    def __init__(self, answers: Mapping[str, Outcome]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def ask_one(self, second: Inquiry[Any, Any], value: str) -> Outcome:
        assert second is SECOND
        self.asked.append(value)
        return self.answers.get(value, Nothing(THEN))


async def test_what_is_found_stands_after_the_fact_it_explains():
    names = Names({"011": named("Snoek"), "012": named("Baars")})
    when = Fact("caught_on", "Gevangen op", "2025-06-01", "date", "Vangsten/Vangst[1]/Datum")
    outcome = await follow(FOLLOWED, SECOND, Ready((fish("011", 1), when, fish("012", 2)), THEN), names.ask_one)
    assert outcome == Ready(
        (
            fish("011", 1),
            Fact("name", "Naam", "Snoek", "text", "Vangsten/Vangst[1]/Vis/Vis/Naam"),
            when,
            fish("012", 2),
            Fact("name", "Naam", "Baars", "text", "Vangsten/Vangst[2]/Vis/Vis/Naam"),
        ),
        THEN,
    )


async def test_a_value_that_is_named_twice_is_asked_once():
    names = Names({"011": named("Snoek")})
    outcome = await follow(FOLLOWED, SECOND, Ready((fish("011", 1), fish("011", 2)), THEN), names.ask_one)
    assert names.asked == ["011"]
    assert isinstance(outcome, Ready)
    assert [fact.value for fact in outcome.value] == ["011", "Snoek", "011", "Snoek"]


async def test_no_name_is_not_a_failure():
    answered = Ready((fish("011", 1),), THEN)
    assert await follow(FOLLOWED, SECOND, answered, Names({}).ask_one) == answered


@pytest.mark.parametrize(
    ("trouble", "missing"),
    [
        (Late(), Missing("Stadsbestuur", "", "late")),
        (Down("busy", "MAGDA 99996"), Missing("Stadsbestuur", "MAGDA 99996", "busy")),
        (Down("failing"), Missing("Stadsbestuur", "", "failing")),
        (Down("maintenance", until=THEN), Missing("Stadsbestuur", "", "maintenance", THEN)),
        (Partial((), (Missing("X", "1", "busy"),), THEN), Missing("Stadsbestuur", "", "unavailable")),
        (Partial((), (Missing("X", "Vis/Soort", "unread"),), THEN), Missing("X", "Vis/Soort", "unread")),
        (Partial((), (Missing("X", "10 of 12", "long"),), THEN), Missing("X", "10 of 12", "long")),
    ],
)
async def test_a_name_that_could_not_be_had_makes_the_answer_partial(trouble, missing):
    names = Names({"011": trouble, "012": named("Baars"), "013": trouble})
    whole = (fish("011", 1), fish("012", 2), fish("013", 3))
    outcome = await follow(FOLLOWED, SECOND, Ready(whole, THEN), names.ask_one)
    assert isinstance(outcome, Partial)
    assert outcome.missing == (missing,)
    assert [fact.value for fact in outcome.value] == ["011", "012", "Baars", "013"]


async def test_what_was_missing_already_stays_missing():
    before = Missing("Hengelregister", "777", "busy")
    partial = Partial((fish("011", 1),), (before,), THEN)
    assert await follow(FOLLOWED, SECOND, partial, Names({}).ask_one) == partial
    outcome = await follow(FOLLOWED, SECOND, partial, Names({"011": Late()}).ask_one)
    assert isinstance(outcome, Partial)
    assert outcome.missing == (before, Missing("Stadsbestuur", "", "late"))


async def test_there_is_an_end_to_second_questions():
    names = Names({})
    many = tuple(fish(f"{n:03}", n) for n in range(1, MOST + 2))
    outcome = await follow(FOLLOWED, SECOND, Ready(many, THEN), names.ask_one)
    assert len(names.asked) == MOST
    assert outcome == Partial(many, (Missing("Stadsbestuur", "", "many"),), THEN)


@pytest.mark.parametrize(("more", "is_whole"), [(MOST_FACTS - 2, True), (MOST_FACTS - 1, False)])
async def test_facts_of_lookups_have_room_beside_all_of_the_answers_own(more, is_whole):
    names = Names({"011": Ready(named("Snoek").value * more, THEN)})
    outcome = await follow(FOLLOWED, SECOND, Ready((fish("011", 1), fish("012", 2)), THEN), names.ask_one)
    assert isinstance(outcome, Ready | Partial)
    assert len(outcome.value) == (MOST_FACTS if is_whole else 2)
    assert missing_of(outcome) == (() if is_whole else (Missing("Stadsbestuur", "", "long"),))


async def test_missing_parts_of_lookups_are_bounded_and_none_that_may_come_is_cut_off():
    unread = [Missing("X", f"Vis/{n}", "unread") for n in range(2 * MOST_MISSING)]
    names = Names({"011": Partial((), tuple(unread[MOST_MISSING:]), THEN), "012": Late()})
    two = (fish("011", 1), fish("012", 2))
    outcome = await follow(FOLLOWED, SECOND, Partial(two, tuple(unread[:MOST_MISSING]), THEN), names.ask_one)
    assert isinstance(outcome, Partial)
    assert list(outcome.missing) == [
        *unread[:MOST_MISSING],
        Missing("Stadsbestuur", "", "late"),
        *unread[MOST_MISSING:][: MOST - 1],
        Missing("Stadsbestuur", "", "long"),
    ]


@pytest.mark.parametrize("outcome", [Nothing(THEN), Late(), Down("busy"), Ready((), THEN)])
async def test_without_anything_to_look_up_nobody_is_asked(outcome: Any):
    names = Names({})
    assert await follow(FOLLOWED, SECOND, outcome, names.ask_one) is outcome
    assert await follow(ENTRY, SECOND, Ready((fish("011", 1),), THEN), names.ask_one) == Ready(
        (fish("011", 1),), THEN
    )
    assert names.asked == []
