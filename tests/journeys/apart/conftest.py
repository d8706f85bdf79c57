"""One house for journeys in which some sources are touchy, two are switched off, and a body wants a surer sign-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.house import ROOT, House, running_house

KEY = "the-operators-key"
OFF = "ahovoks-bewijzen,fod-economie-ondernemingen"


@pytest.fixture(scope="session")
def touchy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose breakers need few calls, with two sources that are switched off, and a body named Kluis."""
    bodies = tmp_path_factory.mktemp("bodies")
    add_vault(bodies / "kluis")
    given = {"SOURCES_BREAKER_CALLS": "2", "SOURCES_OFF": OFF, "OPERATOR_KEY": KEY, "AGENCIES_PATH": str(bodies)}
    with running_house(given) as house:
        yield house


def add_vault(body: Path) -> None:
    """Write a body whose one dataset is for whoever signed in by a surer means."""
    source = ROOT / "agencies/ahovoks"
    (body / "requests").mkdir(parents=True)
    (body / "requests/bewijzen.xml").write_bytes((source / "requests/bewijzen.xml").read_bytes())
    (body / "parse.py").write_text("def bewijzen(content):\n    return []\n", "utf-8")
    manifest = (source / "agency.toml").read_text("utf-8").split("[[exceptions]]")[0]
    (body / "agency.toml").write_text(
        _only_first_dataset(manifest).replace("transport =", 'assurance = "high"\ntransport =')
    )


def _only_first_dataset(manifest: str) -> str:
    """Leave the body's own dossiers and its other datasets out: no two bodies may have the same dossiers."""
    first, second, *_ = manifest.split("[[datasets]]")
    return f"{first.partition('[dossiers]')[0]}[[datasets]]{second}"
