"""The list says how many dossiers there are and what a filter leaves, also where only reports could be read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import get_template

from portal.features.dossiers import arranging, framing, looking, rules, troubles
from portal.features.dossiers.rules import DossierFilter
from portal.features.dossiers.types import Dossier, Dossiers
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Outcome, Ready

from .test_rules import TODAY, cards, dossier

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
WITHOUT_LIVE = (Late(NOW), Down("connection"), Nothing(NOW))


def said_of(outcome: Outcome[Any], *dossiers: Dossier, **choice: str) -> str:
    """Render the beginning of the list, with a filter."""
    made = cards(*dossiers)
    context = {
        "arranged": arranging.arrange(made, DossierFilter(**choice), TODAY),
        "periods": rules.PERIODS,
        "stands": rules.TITLES,
        "kept": "",
        "is_lost": False,
        **framing.shared_context(),
        **troubles.context_of(outcome, NOW, looking.OverviewCards(made, is_whole=True)),
    }
    return " ".join(str(get_template("dossiers/list.html").render(context)).split())


@pytest.mark.parametrize("outcome", WITHOUT_LIVE)
def test_a_filter_is_shown_with_what_it_leaves_where_there_are_only_reports(outcome: Outcome[Any]):
    said = said_of(outcome, dossier("a"), dossier("b", "Kortrijk"), body="Kortrijk")
    assert "U hebt 2 dossiers." in said
    assert "1 van 2 dossiers passen bij uw keuze." in said
    assert "Wis de filter" in said
    # Nobody knows what the live answer would ask.
    assert "U hoeft er nu niets voor te doen." not in said


@pytest.mark.parametrize("outcome", [*WITHOUT_LIVE, Ready(Dossiers(()), NOW)])
def test_of_no_dossiers_none_is_counted_or_filtered(outcome: Outcome[Any]):
    said = said_of(outcome, body="Kortrijk")
    assert not any(words in said for words in ("U hebt", "bij uw keuze", "Wis de filter"))
