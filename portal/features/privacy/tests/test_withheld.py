"""What a manifest withholds: how it says so, what it holds for, and that nothing is withheld by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.features.privacy.usage import section, withholding
from portal.platform.journal.types import Purpose
from portal.platform.sources import catalogue
from portal.platform.sources.manifest import ManifestError
from portal.platform.sources.tests.bodies import SOUND, body

NOW = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
LOOK = Purpose("look at own data", "U bekijkt uw eigen gegevens.")


def load(folder: Path, text: str) -> catalogue.Catalogue:
    return catalogue.load([body(folder, "voorbeeld", SOUND + text)])


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("", None),
        ('\n[datasets.withheld]\nground = "artikel 1"\ndays = 30\n', NOW - timedelta(days=30)),
        ('\n[datasets.withheld]\nground = "artikel 1"\nfor_ever = true\n', withholding.ALWAYS),
    ],
)
def test_use_is_withheld_where_the_manifest_says_so_and_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, since: datetime | None
):
    given = load(tmp_path, text)
    monkeypatch.setattr(catalogue, "installed", lambda: given)
    (entry,) = given.entries
    activity = entry.activity(LOOK)
    other = section.of(entry)
    assert (other is not None, withholding.is_any()) == (since is not None, since is not None)
    assert withholding.withheld_activities({activity.id: activity}, NOW) == ({activity.id: since} if since else {})


@pytest.mark.parametrize(
    "text",
    [
        'ground = "artikel 1"',
        'ground = "artikel 1"\ndays = 3\nfor_ever = true',
        'ground = ""\ndays = 3',
        "days = 3",
        'ground = "artikel 1"\ndays = -1',
        'ground = "artikel 1"\ndays = 99999',
        'ground = "artikel 1"\ndays = 3\nwhom = "Jan"',
    ],
)
def test_what_says_it_wrong_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ManifestError, match="withheld"):
        load(tmp_path, f"\n[datasets.withheld]\n{text}\n")


def test_nothing_of_the_bodies_here_is_withheld():
    assert not withholding.is_any()
