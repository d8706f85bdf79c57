"""What the figures of benchmarks count, where a run of theirs would take too long to show it."""

import pytest

from benchmarks import database_restart
from benchmarks.database_restart import _Look, _Outage

OUTAGE = _Outage(began=10.0, stopped=10.2, back=10.9)
GOOD = [_Look(1.0, 1.1, 200), _Look(10.5, 11.0, 200), _Look(12.0, 12.1, 200)]
LOST_UNDER_WAY = [_Look(9.9, 10.1, 503), _Look(10.1, 10.2, 0)]
LOST_ELSEWHERE = [_Look(5.0, 5.1, 500), _Look(11.5, 11.6, 503)]


@pytest.mark.parametrize(
    ("lost", "elsewhere", "under_way"),
    [(LOST_UNDER_WAY, 0, 2), (LOST_ELSEWHERE, 2, 0), ([*LOST_UNDER_WAY, LOST_ELSEWHERE[0]], 1, 2)],
)
def test_restart_may_cost_the_requests_that_were_under_way_and_no_other(lost, elsewhere, under_way):
    figure = database_restart._count([*GOOD, *lost], [OUTAGE], [1.0])
    assert (figure.value, figure.target, figure.more["lost_under_way"]) == (elsewhere, 0, under_way)
