"""Of very many dossiers the work on them leaves the event loop to other requests."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from portal.features.dossiers import looking, rules
from portal.features.dossiers.reported import combining
from portal.features.dossiers.reported.types import ReportedDossier, ReportedToCitizen
from portal.features.dossiers.tests.test_rules import dossier
from portal.features.dossiers.types import Dossier, Dossiers
from portal.platform.sources.reading.outcomes import Ready
from tests.citizen import person, sign_in

LOOP = "the loop"
WORK = ((combining, "combine"), (rules, "is_recent"), (rules, "state_of"), (rules, "cards_of"))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Note in which threads the work on dossiers runs."""
    found: dict[str, set[str]] = {}

    def watch(module: Any, name: str) -> None:
        work: Callable[..., Any] = getattr(module, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            is_loop = threading.current_thread() is threading.main_thread()
            found.setdefault(name, set()).add(LOOP if is_loop else "beside it")
            return work(*arguments, **named)

        monkeypatch.setattr(module, name, watched)

    for module, name in WORK:
        watch(module, name)
    return found


def many(begins: int) -> list[Dossier]:
    today = datetime.now(UTC).date().isoformat()
    return [dossier(f"D-{begins + n}", day=today) for n in range(rules.MANY // 2 + 1)]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("is_long", [True, False])
async def test_very_many_dossiers_are_combined_judged_and_arranged_beside_the_loop(
    is_long: bool, threads: dict[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither the live ones nor the reported ones are many by themselves.
    reports = tuple(ReportedDossier(one, "ahovoks", datetime.now(UTC)) for one in many(1000)) if is_long else ()

    async def read_reported(_: object) -> ReportedToCitizen:
        return ReportedToCitizen(reports)

    monkeypatch.setattr(looking, "_read_reported", read_reported)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        who = await sign_in(person("84651421235"))
    request: Any = SimpleNamespace(session=who.session, correlation_id="x")
    overview = await looking.overview_of(request, Ready(Dossiers(tuple(many(0))), datetime.now(UTC)))
    assert len(overview.cards) == len(many(0)) + len(reports)
    assert all(card.is_new for card in overview.cards)
    where = {"beside it"} if is_long else {LOOP}
    assert threads == dict.fromkeys((name for _, name in WORK), where)
