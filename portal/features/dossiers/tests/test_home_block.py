"""The block of dossiers on the home page: it says so where the answer or the reports of bodies could not be read, and
signals what bodies ask of the citizen.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import Http404, QueryDict
from django.template.loader import get_template
from django.test import RequestFactory

from portal.features.dossiers import addresses, dossier_view, home_block, inquiries, links, looking, section, troubles
from portal.features.dossiers.rules import DossierCard
from portal.features.dossiers.types import Dossier, Dossiers
from portal.platform.access import sessions
from portal.platform.feature.home import BlockFinding, Gap, Piece, Signal
from portal.platform.sources import catalogue
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Ready
from portal.platform.sources.tests.bodies import SOUND, body

from .test_list import said_of
from .test_rules import cards, dossier
from .test_section import SERVES

CACHED = (section.answering, section._by_source, section._spellings, inquiries._common_parts)
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


@pytest.fixture
def only_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make a portal in which one body may report its dossiers, and none answers for all."""
    known = catalogue.load([body(tmp_path, "voorbeeld", SOUND + SERVES)])
    for function in CACHED:
        function.cache_clear()
    monkeypatch.setattr(catalogue, "installed", lambda: known)
    yield
    for function in CACHED:
        function.cache_clear()


@pytest.mark.usefixtures("only_reports")
async def test_where_bodies_only_report_the_home_page_shows_what_they_ask_and_asks_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [card.name for card in home_block.cards()] == [home_block.NAME]
    assert inquiries.name() == ""
    # A request that has no more than this can ask nobody.
    bare: Any = SimpleNamespace(session=SimpleNamespace(identity=SimpleNamespace(insz="84651421235")))
    assert await looking.look(bare) == Down("off")
    waiting = cards(dossier(needs_action=True, action="Stuur het attest."))
    found = await found_with(Down("off"), looking.OverviewCards(waiting, is_whole=True), monkeypatch)
    assert [one.what for one in found if isinstance(one, Signal)] == ["Stuur het attest."]
    assert not any(isinstance(one, Gap) for one in found)
    assert "trouble" not in said_in(found)
    # What was not read is missing here, too.
    found = await found_with(Down("off"), looking.OverviewCards([], is_whole=False), monkeypatch)
    assert any(isinstance(one, Gap) for one in found)
    assert NOT_READ in said_in(found)


@pytest.mark.usefixtures("only_reports")
def test_a_link_is_given_for_a_source_that_some_body_may_report(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = SimpleNamespace(id=b"x" * 32)
    monkeypatch.setattr(sessions, "item_handle", lambda *_: "x")
    assert links.dossier(session, "VBD", "2026-77") == addresses.of_dossier("x")
    assert links.dossier(session, "elders", "2026-77") == ""


@pytest.mark.usefixtures("only_reports")
@pytest.mark.parametrize("shown", [[], [dossier()]])
def test_where_bodies_only_report_no_page_says_that_an_answer_is_missing(shown: list[Dossier]) -> None:
    said = said_of(Down("off"), *shown)
    assert 'data-outcome="ready"' in said
    assert "opvragen" not in said
    assert ("Er zijn geen dossiers" in said) is not bool(shown)
    assert ("U hoeft er nu niets voor te doen." in said) is bool(shown)
    request: Any = RequestFactory().get("/")
    for is_whole in (True, False):
        overview = looking.OverviewCards(cards(*shown), is_whole)
        context = troubles.context_of(Down("off"), datetime.now(UTC), overview)
        assert "Wij konden" not in get_template("dossiers/close.html").render(context)
        assert "heeft geantwoord" not in get_template("dossiers/close.html").render(context)
        if is_whole:
            with pytest.raises(Http404):
                dossier_view.without_card(request, context)


async def test_where_a_body_answers_for_all_and_is_off_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await found_with(Down("off"), looking.OverviewCards([], is_whole=True), monkeypatch)
    assert any(isinstance(one, Gap) for one in found)
    assert "Wij konden uw dossiers nu niet opvragen." in said_in(found)


@pytest.mark.parametrize("until", ["", "2999-01-01", "2020-05-01", "2020-00-00"])
def test_home_asks_for_attention_for_all_that_the_list_asks_also_where_the_end_of_that_state_is_over(
    until: str,
) -> None:
    asking = cards(dossier(needs_action=True, action="Stuur het attest.", until=until))
    assert [one.what for one in home_block.action_signals(asking)] == ["Stuur het attest."]
