"""The part that is kept of an answer far longer than any published one, and the thread in which it is read."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from portal.platform.sources import beside
from portal.platform.sources.answers import intake
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.manifest import Dataset, Items, Magda, Manifest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Facts, Missing, Nothing, Partial, Ready, is_kept
from portal.platform.sources.tests import town
from portal.platform.sources.traces import store
from portal.platform.sources.transports.answer import AnswerText
from tests.waiting import PATIENCE

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
LONG = Missing("Body", "10000 of 10001", "long")


def entry():
    values = {
        "id": "x",
        "title": "X",
        "source": "town",
        "transport": "magda",
        "magda": Magda("D", "S", "01.00.0000", "urn:x", "q.xml"),
        "parse": "parse",
        "legal_basis": "-",
    }
    return DatasetEntry(
        Agency("body", Manifest("Body", "https://body.example"), Path(town.__file__).parent),
        Dataset(**values),
        lambda _: (),
    )


def facts(count, path="Ding[{}]", text="x"):
    return tuple(Fact("key", "Label", text, "text", path.format(n)) for n in range(1, count + 1))


def test_answer_within_the_limits_is_left_as_it_is():
    for outcome in (
        Ready(facts(intake.MOST_FACTS), NOW),
        Ready(facts(1, text="x" * intake.MOST_TEXT), NOW),
        Partial(facts(1), (Missing("A", "1", "busy"),) * intake.MOST_MISSING, NOW),
        Nothing(NOW),
        Down("busy"),
    ):
        assert intake.cut_to_size(entry(), outcome) is outcome


def test_too_many_facts_are_cut_and_the_answer_is_partial():
    whole = facts(intake.MOST_FACTS + 1)
    assert intake.cut_to_size(entry(), Ready(whole, NOW)) == Partial(whole[:-1], (LONG,), NOW)
    busy = Missing("A", "1", "busy")
    assert intake.cut_to_size(entry(), Partial(whole, (busy,), NOW)) == Partial(whole[:-1], (busy, LONG), NOW)


def test_no_item_is_cut_in_two():
    items = Items("Dingen/Ding", "ding", "dingen", ("key",))
    of_three = tuple(
        Fact("key", "Label", "x", "text", f"Dingen/Ding[{n}]/{leaf}") for n in range(1, 7001) for leaf in "abc"
    )
    cut = intake.cut_to_size(entry(), Ready(of_three, NOW), items=items)
    assert (len(cut.value), cut.value[-1].path) == (9_999, "Dingen/Ding[3333]/c")
    one = tuple(Fact("key", "Label", "x", "text", f"Dingen/Ding[1]/a[{n}]") for n in range(30_000))
    assert len(intake.cut_to_size(entry(), Ready(one, NOW), items=items).value) == intake.MOST_FACTS


def test_too_long_a_value_is_cut_and_the_answer_is_partial():
    cut = intake.cut_to_size(entry(), Ready(facts(1, text="x" * 4001), NOW))
    assert cut == Partial(facts(1, text="x" * 4000 + "…"), (Missing("Body", "1 of 1", "long"),), NOW)


def test_more_parts_missing_than_can_be_named_are_named_in_part():
    missing = tuple(Missing(str(n), "1", "busy") for n in range(150))
    cut = intake.cut_to_size(entry(), Partial(facts(1), missing, NOW))
    assert cut.missing == (*missing[:100], Missing("Body", "1 of 1", "long"))


def test_answer_that_is_only_too_long_is_kept_and_not_asked_again():
    assert [
        is_kept(outcome)
        for outcome in (
            Ready((), NOW),
            Nothing(NOW),
            Partial((), (LONG,), NOW),
            Partial((), (LONG, Missing("A", "1", "busy")), NOW),
            Down("busy"),
        )
    ] == [True, True, True, False, False]
    cut = Partial(facts(2), (LONG,), NOW)
    assert store._packing(Facts).decode(msgspec.msgpack.encode(cut)) == cut


@pytest.mark.parametrize(("size", "is_beside"), [(beside.LARGE_ANSWER, False), (beside.LARGE_ANSWER + 1, True)])
async def test_large_answer_is_read_beside_the_loop(size, is_beside):
    where = []

    class Transport:
        @staticmethod
        def read(answer, of, about):
            where.append(threading.get_ident())
            return Nothing(answer.asked_at)

    of = inquiry_of(entry())
    assert await intake.read(Transport, AnswerText(b"x" * size, None, NOW), [of], "1") == [(of, Nothing(NOW))]
    assert (where[0] != threading.get_ident()) == is_beside


async def test_an_answer_waits_for_no_huge_ones():
    of, may_end = inquiry_of(entry()), threading.Event()

    class Transport:
        @staticmethod
        def read(answer, of, about):
            if len(answer.data) > beside.HUGE_ANSWER:
                may_end.wait(10)
            return Nothing(answer.asked_at)

    def answer(size):
        return intake.read(Transport, AnswerText(b"x" * size, None, NOW), [of], "1")

    huge = [asyncio.create_task(answer(beside.HUGE_ANSWER + 1)) for _ in range(3)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(PATIENCE):
            assert await answer(beside.HUGE_ANSWER) == [(of, Nothing(NOW))]
        assert not any(task.done() for task in huge)
    finally:
        may_end.set()
    assert await asyncio.gather(*huge) == [[(of, Nothing(NOW))]] * 3
