"""The gate of a source: bulkhead and breaker, with a clock that the tests set."""

from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portal.platform.sources.gates.gate import PROBE, WINDOW, Gate

ONE, OTHER = b"one", b"other"
everyone = count()


def let_in(gate: Gate, now: float):
    call = gate.enter(now)
    assert call is not None
    return call


def calls(gate: Gate, now: float, voter: bytes = b"", *, good: int = 0, failed: int = 0, slow: int = 0) -> None:
    """Make calls, each of somebody else or all of one person."""
    for has_failed, is_slow in [(False, False)] * good + [(True, False)] * failed + [(False, True)] * slow:
        who = voter or b"%d" % next(everyone)
        gate.leave(let_in(gate, now), now, who, has_failed=has_failed, is_slow=is_slow)


@pytest.fixture
def gate():
    return Gate(at_once=50, least=20)


@pytest.fixture
def opened(gate):
    calls(gate, 0.0, good=14, failed=6)
    assert gate.is_open
    return gate


@pytest.mark.parametrize(
    ("good", "failed", "slow", "is_open"),
    [
        (14, 6, 0, True),  # 30 % of 20
        (15, 5, 0, False),
        (10, 0, 10, True),  # 50 % of 20
        (11, 0, 9, False),
        (0, 19, 0, False),  # too few to judge
        (0, 20, 0, True),
    ],
)
def test_it_opens_at_30_percent_failures_or_50_percent_slow_of_20_calls(gate, good, failed, slow, is_open):
    calls(gate, 0.0, good=good, failed=failed, slow=slow)
    assert gate.is_open is is_open
    assert (gate.enter(1.0) is None) is is_open


def test_calls_of_a_minute_ago_do_not_count(gate):
    calls(gate, 0.0, failed=19)
    calls(gate, WINDOW, good=19, failed=1)
    assert gate.counts(WINDOW) == (20, 1, 0)
    assert not gate.is_open


def test_an_open_gate_lets_one_probe_through_every_ten_seconds(opened):
    assert opened.enter(PROBE - 0.1) is None
    assert let_in(opened, PROBE).is_probe
    assert opened.enter(PROBE) is None
    assert opened.enter(2 * PROBE - 0.1) is None
    assert let_in(opened, 2 * PROBE).is_probe


@pytest.mark.parametrize(("has_failed", "is_slow", "stays_open"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_a_good_probe_closes_it_with_a_clean_slate(opened, has_failed, is_slow, stays_open):
    opened.leave(let_in(opened, PROBE), PROBE + 1, ONE, has_failed=bool(has_failed), is_slow=bool(is_slow))
    assert opened.is_open is stays_open
    if not stays_open:
        assert opened.counts(PROBE + 1) == (0, 0, 0)
        calls(opened, PROBE + 1, failed=19)
        assert not opened.is_open


def test_a_call_from_before_it_opened_does_not_close_it(gate):
    early = let_in(gate, 0.0)
    calls(gate, 0.0, good=14, failed=6)
    gate.leave(early, 0.5, ONE, has_failed=False, is_slow=False)
    assert gate.is_open
    assert gate.under_way == 0


def test_a_probe_that_was_abandoned_leaves_it_open_until_the_next(opened):
    let_in(opened, PROBE)
    opened.abandon()
    assert (opened.is_open, opened.under_way) == (True, 0)
    assert let_in(opened, 2 * PROBE).is_probe


def test_a_full_gate_refuses_at_once_and_lets_in_when_there_is_room():
    gate = Gate(at_once=2, least=20)
    first = let_in(gate, 0.0)
    let_in(gate, 0.0)
    assert gate.is_full
    assert gate.enter(0.0) is None
    gate.leave(first, 1.0, ONE, has_failed=False, is_slow=False)
    let_in(gate, 1.0)
    gate.abandon()
    assert let_in(gate, 1.0)
    assert gate.counts(1.0) == (1, 0, 0)


# --- people -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["failed", "slow"])
def test_one_person_alone_opens_it_when_nobody_is_served_better(gate, trouble):
    calls(gate, 0.0, ONE, **{trouble: 19})
    assert not gate.is_open
    calls(gate, 0.0, ONE, **{trouble: 1})
    assert gate.is_open


@pytest.mark.parametrize("trouble", ["failed", "slow"])
def test_one_person_does_not_open_it_while_another_is_served(gate, trouble):
    calls(gate, 0.0, OTHER, good=1)
    calls(gate, 0.0, ONE, **{trouble: 100})
    assert not gate.is_open
    calls(gate, 0.0, OTHER, **{trouble: 1})
    assert gate.is_open


def test_one_person_who_is_served_often_does_not_make_two_others_trouble_everyones(gate):
    calls(gate, 0.0, ONE, good=30)
    calls(gate, 0.0, failed=2)
    assert not gate.is_open


@pytest.mark.parametrize(("served", "is_open"), [(4, True), (5, False)])
def test_people_in_trouble_must_be_a_large_enough_share(gate, served, is_open):
    calls(gate, 0.0, good=served)
    calls(gate, 0.0, ONE, failed=20)
    calls(gate, 0.0, OTHER, failed=1)
    assert gate.is_open is is_open  # 2 of 6 is a third, 2 of 7 is less than 30 %


def test_a_person_votes_by_their_newest_call(gate):
    calls(gate, 0.0, ONE, failed=19)
    calls(gate, 0.0, ONE, good=1)
    assert not gate.is_open
    calls(gate, 0.0, ONE, failed=1)
    assert gate.is_open


def test_a_vote_goes_with_its_call(gate):
    calls(gate, 0.0, OTHER, good=1)
    calls(gate, WINDOW / 2, ONE, failed=20)
    assert not gate.is_open
    calls(gate, WINDOW, ONE, failed=1)
    assert gate.is_open


def test_calls_that_are_not_to_be_counted_are_not_but_may_be_a_probe(gate):
    for _ in range(40):
        gate.leave(let_in(gate, 0.0), 0.0, None, has_failed=True, is_slow=True)
    assert (gate.is_open, gate.counts(0.0), gate.under_way) == (False, (0, 0, 0), 0)
    calls(gate, 0.0, failed=20)
    assert gate.is_open
    gate.leave(let_in(gate, PROBE), PROBE, None, has_failed=False, is_slow=False)
    assert not gate.is_open


class Gates(RuleBasedStateMachine):
    """Whatever happens in whatever order: never more at once than may be, and it opens when it should.

    When it should is told by counting all over again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate(at_once=3, least=4)
        self.now = 0.0
        self.inside = []
        self.probes: list[float] = []
        self.ended: list[tuple[float, bytes, bool, bool]] = []

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        self.now += seconds

    @rule()
    def somebody_asks(self):
        was_open, was_full = self.gate.is_open, self.gate.is_full
        call = self.gate.enter(self.now)
        if call is not None:
            assert not was_full
            assert call.is_probe is was_open
            self.inside.append(call)
            if call.is_probe:
                assert not self.probes or self.now - self.probes[-1] >= PROBE
                self.probes.append(self.now)

    @precondition(lambda self: self.inside)
    @rule(
        voter=st.sampled_from([b"a", b"b", b"c", b"d", None]),
        has_failed=st.booleans(),
        is_slow=st.booleans(),
        which=st.integers(0, 2),
    )
    def an_answer_comes(self, voter, has_failed, is_slow, which):
        call = self.inside.pop(which % len(self.inside))
        was_open = self.gate.is_open
        self.gate.leave(call, self.now, voter, has_failed=has_failed, is_slow=is_slow)
        if not was_open and voter is not None:
            self.ended.append((self.now, voter, has_failed, is_slow))
            assert self.gate.is_open is self.should_open()
        if was_open and not self.gate.is_open:
            assert call.is_probe
            assert not has_failed
            assert not is_slow
            self.probes.clear()
            self.ended.clear()
        if self.gate.is_open and not was_open:
            self.probes.clear()

    @precondition(lambda self: self.inside)
    @rule()
    def a_reader_leaves(self):
        self.inside.pop()
        self.gate.abandon()

    def should_open(self) -> bool:
        recent = [each for each in self.ended if each[0] > self.now - WINDOW]
        newest = {voter: (has_failed, is_slow) for _, voter, has_failed, is_slow in recent}
        for which, share in ((0, 0.3), (1, 0.5)):
            calls_in_trouble = sum(each[2 + which] for each in recent) / len(recent)
            people_in_trouble = sum(each[which] for each in newest.values())
            is_shared = people_in_trouble >= 2 or people_in_trouble == len(newest)
            if calls_in_trouble >= share and people_in_trouble / len(newest) >= share and is_shared:
                return len(recent) >= 4
        return False

    @invariant()
    def as_many_are_inside_as_it_says(self):
        assert self.gate.under_way == len(self.inside) <= 3
        total, failed, slow = self.gate.counts(self.now)
        assert 0 <= failed <= total
        assert 0 <= slow <= total


Gates.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestGates = Gates.TestCase
