"""The home page says what it could not look at: also what bodies reported."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import get_template

from portal.features.dossiers import home_block, looking
from portal.features.dossiers.rules import DossierCard
from portal.features.dossiers.types import Dossiers
from portal.platform.feature.home import BlockFinding, Gap, Piece
from portal.platform.sources.reading.outcomes import Nothing, Outcome, Ready

from .test_rules import cards, dossier

NOT_READ = "Wat diensten ons zelf meldden, konden wij niet of niet helemaal tonen."


async def found_with(
    outcome: Outcome[Any], overview: looking.OverviewCards, monkeypatch: pytest.MonkeyPatch
) -> list[BlockFinding]:
    """Give what the block finds for such an outcome, and such cards."""

    async def look(*_: object, **__: object) -> Outcome[Any]:
        return outcome

    async def overview_of(*_: object) -> looking.OverviewCards:
        return overview

    monkeypatch.setattr(looking, "look", look)
    monkeypatch.setattr(looking, "overview_of", overview_of)
    request: Any = SimpleNamespace(GET=QueryDict())
    return [one async for one in home_block.find(request)]


def said_in(found: Sequence[BlockFinding]) -> str:
    """Render the card of what was found."""
    template = get_template(home_block.BLOCK.template)
    return "".join(str(template.render(dict(one.content))) for one in found if isinstance(one, Piece) and one.content)


@pytest.mark.parametrize("is_whole", [True, False])
async def test_gap_is_said_where_reports_of_bodies_could_not_be_read(
    is_whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await found_with(Ready(Dossiers(()), datetime.now(UTC)), looking.OverviewCards([], is_whole), monkeypatch)
    assert any(isinstance(one, Gap) for one in found) is not is_whole


@pytest.mark.parametrize("outcome", [Ready(Dossiers(()), datetime.now(UTC)), Nothing(datetime.now(UTC))])
@pytest.mark.parametrize("shown", [[], cards(dossier())])
async def test_card_says_that_reports_could_not_be_read_and_never_that_there_are_no_dossiers(
    outcome: Outcome[Any], shown: list[DossierCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = said_in(await found_with(outcome, looking.OverviewCards(shown, is_whole=False), monkeypatch))
    assert NOT_READ in said
    assert "Er zijn geen dossiers" not in said
    assert ("laatst gewijzigd:" in said) is bool(shown)
    said = said_in(await found_with(outcome, looking.OverviewCards(shown, is_whole=True), monkeypatch))
    assert NOT_READ not in said
    assert ("Er zijn geen dossiers" in said) is not bool(shown)
