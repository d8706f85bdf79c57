"""A dossier of which a hidden change can be the newest is not shown, however the body dates that change."""

import pytest

from portal.features.dossiers import section

from .answers import answer, change, dossiers_in, outcome_of

VISIBLE = "2026-03-01T09:00:00"
UNDATED = {"on": None, "begin": ""}


@pytest.mark.parametrize(
    "withdrawn",
    [
        UNDATED,
        {**UNDATED, "on": "9999-12-31T00:00:00"},
        {**UNDATED, "on": "onbekend"},
        {**UNDATED, "on": "2026"},
        {**UNDATED, "on": "2026-03"},
        {**UNDATED, "on": "2026-03-01"},
        {**UNDATED, "on": "2026-03-01T00:00:00+01:00"},
        {**UNDATED, "on": VISIBLE},
        {**UNDATED, "on": "2026-02-01T09:00:00", "modified": "2026-03-02T10:00:00"},
        {**UNDATED, "on": "2026-02-01T09:00:00", "begin": "2026-03-02"},
    ],
)
def test_of_a_dossier_whose_hidden_change_can_be_the_newest_nothing_is_shown(withdrawn):
    hidden = change(closed="1", **withdrawn)
    for changes in ((hidden, change(on=VISIBLE)), (change(on=VISIBLE), hidden)):
        made = dossiers_in(outcome_of(answer(*changes, change("D-2"))))
        assert ([one.number for one in made.found], made.hidden) == (["D-2"], 2)
        assert made.withheld == ((section.spell("STL"), "D-1"),)


@pytest.mark.parametrize("earlier", ["2025", "2026-02", "2026-02-28", "2026-03-01T08:59:59"])
def test_a_hidden_change_that_is_certainly_older_hides_only_itself(earlier):
    made = dossiers_in(outcome_of(answer(change(on=VISIBLE), change(**{**UNDATED, "on": earlier}, closed="1"))))
    assert ([len(one.changes) for one in made.found], made.hidden) == ([1], 1)


# In published answers of STL all changes of a dossier have this one DatumModificatie, later than their Status.
SHARED = {"modified": "2018-02-01T09:00:00"}


def test_a_hidden_change_is_not_the_newest_for_a_date_that_a_visible_one_has_too():
    hidden = change(on="2018-01-01T09:00:00", begin="2018-01-01", closed="1", **SHARED)
    visible = change(on="2018-01-02T09:00:00", begin="2018-01-02", **SHARED)
    for changes in ((hidden, visible), (visible, hidden)):
        made = dossiers_in(outcome_of(answer(*changes)))
        assert ([len(one.changes) for one in made.found], made.hidden, made.withheld) == ([1], 1, ())


@pytest.mark.parametrize("visible", [{"on": "2018-01-03T09:00:00", "begin": "2018-01-03"}, UNDATED])
def test_a_hidden_change_with_the_last_date_of_all_can_be_the_newest(visible):
    hidden = change(on="2018-01-01T09:00:00", begin="2018-01-01", closed="1", **SHARED)
    made = dossiers_in(outcome_of(answer(hidden, change(**visible))))
    assert (made.found, made.hidden) == ((), 2)


def test_a_visible_change_that_is_dated_ahead_keeps_no_dossier_open():
    ahead, withdrawn = change(on="2087-03-01T09:00:00"), change(on="2026-03-01T09:00:00", closed="1")
    made = dossiers_in(outcome_of(answer(ahead, withdrawn, change("D-2"))))
    assert ([one.number for one in made.found], made.hidden) == (["D-2"], 2)
    # What was visible since then shows that the withdrawal was an older one.
    made = dossiers_in(outcome_of(answer(ahead, withdrawn, change(on="2026-04-01T09:00:00"))))
    assert ([len(one.changes) for one in made.found], made.hidden) == ([2], 1)
