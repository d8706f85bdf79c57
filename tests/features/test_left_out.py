"""A feature that FEATURES leaves out leaves nothing behind in the portal, and loses none of its data."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from deploy.local.house import ROOT
from portal.config.features import EVERY
from portal.platform.feature import installed

NAMES = [package.rpartition(".")[2] for package in EVERY]
ASKS_CONSENT = {"mailbox", "notifications", "profile"}
KEPT = {
    "contact",
    "corrections",
    "dossiers",
    "mailbox",
    "notifications",
    "privacy",
    "profile",
}  # features with tables of their own


def portal_of(*packages: str, folder: str = "") -> dict[str, Any]:
    """Walk through a portal with these features, in a process of its own; folder: where strange ones stand."""
    environment = os.environ | {"FEATURES": ",".join(packages), "PYTHONPATH": folder}
    done = subprocess.run(
        [sys.executable, "-m", "tests.features.left_out"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def room_of(href: str) -> str:
    """Name the room that answers at an address in the portal that has every feature."""
    try:
        return resolve(href).namespace
    except Resolver404:
        return ""


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", NAMES)
def test_feature_that_is_left_out_leaves_nothing(name: str):
    told = portal_of(*(package for package in EVERY if not package.endswith(f".{name}")))
    others = [each for each in NAMES if each != name]
    assert (told["problems"], told["features"]) == ([], others)
    declared = [feature for feature in installed.features() if feature.id != name]
    assert {route.partition(":")[0] for route in told["places"]} == {one.id for one in declared if one.navigation()}
    assert set(told["rooms"]) & set(NAMES) == {one.id for one in declared if one.urls}
    assert [task for task in told["tasks"] if task.startswith(f"{name}.")] == []
    assert told["claims"] == []
    assert {path: status for path, status in told["statuses"].items() if status not in (200, 303)} == {}
    assert [href for href in told["hrefs"] if room_of(href) == name] == []
    assert ("kop-roepnaam" in told["parts"]) == ("profile" in others)
    assert set(told["kept"]) == KEPT
    # What it kept is said to be kept: in the register, and where consents are taken back.
    assert told["unlisted"] == []
    if name != "privacy":
        said = ("nu voor niets toestemming" in told["withdrawal"], "/privacy/wissen/" in told["withdrawal"])
        assert said == ((False, True) if name in ASKS_CONSENT else (True, False))


BARE = "from portal.platform.feature.types import Feature\n\nFEATURE = Feature(package=__package__)\n"


@pytest.mark.usefixtures("database")
def test_portal_without_any_feature_of_ours_stands(tmp_path: Path):
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/__init__.py").touch()
    (tmp_path / "bare/feature.py").write_text(BARE, "utf-8")
    told = portal_of("bare", folder=str(tmp_path))
    assert (told["problems"], told["features"], told["places"], told["claims"]) == ([], ["bare"], [], [])
    assert {path: status for path, status in told["statuses"].items() if status not in (200, 303)} == {}
    assert [href for href in told["hrefs"] if room_of(href) in NAMES] == []
    assert set(told["kept"]) == KEPT
    assert told["unlisted"] == []
