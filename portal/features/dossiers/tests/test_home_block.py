"""The home page says what it could not look at: also what bodies reported."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from portal.features.dossiers import home_block, inquiries, looking
from portal.features.dossiers.types import Dossiers
from portal.platform.feature.home import Gap
from portal.platform.sources.reading.outcomes import Ready


@pytest.mark.parametrize("is_whole", [True, False])
async def test_gap_is_said_where_reports_of_bodies_could_not_be_read(
    is_whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look(*_: object, **__: object) -> Ready[Any]:
        return Ready(Dossiers(()), datetime.now(UTC))

    async def overview_of(*_: object) -> looking.OverviewCards:
        return looking.OverviewCards([], is_whole)

    monkeypatch.setattr(inquiries, "is_answered", lambda: True)
    monkeypatch.setattr(looking, "look", look)
    monkeypatch.setattr(looking, "overview_of", overview_of)
    request: Any = SimpleNamespace(GET=QueryDict())
    found = [one async for one in home_block.find(request)]
    assert any(isinstance(one, Gap) for one in found) is not is_whole
