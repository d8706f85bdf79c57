"""Which features a portal has, as the environment says."""

import subprocess
import sys

import pytest

from portal.config import environment, features
from portal.features.themes.feature import FEATURE
from portal.platform.feature import installed

EVERY = features.EVERY


@pytest.fixture
def problems(monkeypatch):
    monkeypatch.setattr(environment, "problems", [])
    return environment.problems


@pytest.mark.parametrize(
    ("given", "listed", "known"),
    [
        ("", EVERY, EVERY),
        (f" {EVERY[2]}, {EVERY[0]},{EVERY[2]}", (EVERY[2], EVERY[0]), EVERY),
        (
            f"{EVERY[1]},tests.features.parking",
            (EVERY[1], "tests.features.parking"),
            (*EVERY, "tests.features.parking"),
        ),
    ],
)
def test_features_are_those_of_the_environment_in_their_order(monkeypatch, problems, given, listed, known):
    monkeypatch.setenv("FEATURES", given)
    assert (features.packages(), features.all_packages(listed), problems) == (listed, known, [])


def test_wrong_line_is_reported_once():
    """The settings are read in a process of their own, as only its start reads them."""
    code = "from portal.config import settings, environment; print([n for n, _ in environment.problems])"
    ran = subprocess.run([sys.executable, "-c", code], env={"FEATURES": "nowhere"}, capture_output=True, text=True)
    assert ran.stdout.count("'FEATURES'") == 1


@pytest.mark.parametrize("package", ["portal.features.parking", "nowhere.at.all", "portal.platform.mail", "no name"])
def test_package_that_is_no_feature_is_named_and_left_out(monkeypatch, problems, package):
    monkeypatch.setenv("FEATURES", f"{EVERY[0]},{package}")
    assert features.packages() == EVERY[:1]
    assert problems == [("FEATURES", f"FEATURES names {package!r}, which has no feature.py.")]


def test_declaration_of_another_package_is_refused(monkeypatch):
    monkeypatch.setattr("portal.features.profile.feature.FEATURE", FEATURE)
    with pytest.raises(installed.FeatureRefused, match=r"portal\.features\.profile\.feature must hold"):
        installed._declaration("portal.features.profile")


def test_declaration_that_cannot_be_read_is_refused_with_the_cure(monkeypatch, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/feature.py").write_text("raise RuntimeError('not today')\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(installed.FeatureRefused) as refused:
        installed._declaration("broken")
    said = "broken.feature cannot be read (RuntimeError: not today). Correct it, or leave it out of FEATURES."
    assert refused.value.detail == said
