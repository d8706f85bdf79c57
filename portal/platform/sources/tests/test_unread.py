"""Unread places are logged and counted: each place once, and at most so many."""

import logging
from datetime import UTC, datetime

import msgspec
import pytest

from portal.platform.sources import unread
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.gates.states import states
from portal.platform.sources.reading.outcomes import Partial
from portal.platform.sources.transports.magda_answer import read_answer

from .town import ENTRY, NUMBER, answer

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


@pytest.fixture
def entry(request) -> DatasetEntry:
    """A dataset of which nothing was counted yet."""
    dataset = msgspec.structs.replace(ENTRY.dataset, id=f"of_{abs(hash(request.node.name))}")
    return DatasetEntry(ENTRY.agency, dataset, ENTRY.parse)


def test_a_place_is_logged_once_and_every_answer_is_counted(entry, caplog):
    with caplog.at_level(logging.WARNING, "portal.sources"):
        for places in (["A/B"], ["A/B", "C"], [], ["C"]):
            unread.missing_parts(inquiry_of(entry), places)
    assert caplog.messages == [f"{entry.name}: not read: A/B", f"{entry.name}: not read: C"]
    assert unread.counts_of([entry.name, "nobody.at_all"]) == [unread.UnreadCount(entry.name, 3, ["A/B", "C"])]


def test_a_body_that_adds_a_thousand_elements_fills_no_log(entry, caplog):
    places = [f"A/B{n}" for n in range(1000)]
    with caplog.at_level(logging.WARNING, "portal.sources"):
        said = [unread.missing_parts(inquiry_of(entry), places), unread.missing_parts(inquiry_of(entry), places)]
    assert [len(of_one) for of_one in said] == [unread.MOST_SAID] * 2
    assert len(caplog.messages) == 1
    assert unread.counts_of([entry.name])[0].places == places[: unread.MOST_KEPT]


class _CountsBeside(str):
    """A name; while it is looked for, a thread beside the loop counts something for the first time."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        unread.count(f"beside.of_{len(unread._counted)}", ["A"])
        return super().__format__(spec)


def test_what_a_thread_counts_meanwhile_disturbs_nobody_who_lists(entry, monkeypatch):
    monkeypatch.setattr(unread, "_counted", {})
    unread.count(f"{entry.name}/body", ["A"])
    unread.count("beside.of", ["A"])
    assert unread.counts_of([_CountsBeside(entry.name)]) == [unread.UnreadCount(f"{entry.name}/body", 1, ["A"])]


def test_no_value_is_logged(entry, caplog):
    content = (
        f"<Inhoud><Vangsten><Vangst><Vis>Snoek</Vis><N{NUMBER} a='Jan'>Piet</N{NUMBER}></Vangst></Vangsten></Inhoud>"
    )
    with caplog.at_level(logging.DEBUG):
        outcome = read_answer(answer(content), inquiry_of(entry), asked_at=NOW, referte=None, insz=None)
    assert isinstance(outcome, Partial)
    assert caplog.messages == [f"{entry.name}: not read: Vangsten/Vangst/?, Vangsten/Vangst/?/@a"]


def test_the_operator_sees_what_was_not_read_at_its_source(monkeypatch):
    monkeypatch.setattr(
        unread, "_counted", {"rijksregister.persoon": unread.UnreadCount("rijksregister.persoon", 2, ["A"])}
    )
    unread_at = {state.source: state.unread for state in states(0.0)}
    assert unread_at["rijksregister-persoon"] == (unread.UnreadCount("rijksregister.persoon", 2, ["A"]),)
    assert unread_at["rijksregister-gezin"] == ()
