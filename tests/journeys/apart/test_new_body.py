"""A body that the repository does not know is connected as one folder, and taken away again; no file changes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from deploy.local.house import ROOT, House, running_house
from tests.walks.example import Person

from ..conftest import Visitor, _visit

NAMES = {"rest": "vlaamse_tol", "magda": "vlaamse_munt"}
SERVICES = {"rest": "/v1/vlaamse-tol/toekenningen", "magda": "GeefVlaamseMuntToekenningen"}


def tree() -> dict[str, str]:
    """Give what git keeps or would keep, each file with its hash."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = [ROOT / line for line in listed.splitlines()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}


def manage(*arguments: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def town(house: House, path: str = "/") -> str:
    with urllib.request.urlopen(house.town + path, timeout=60) as answer:
        return answer.read().decode()


def count_answers(house: House, source: str) -> int:
    """Count how often the town answered for a source."""
    state = json.loads(town(house, "/state"))
    return state["sources"][source]["outcomes"].get("200", 0)


async def visitor_of(browser, house: House) -> tuple:
    context, visitor = await _visit(browser, house)
    await visitor.signs_in(Person.complete)
    await visitor.sees_every_source()
    return context, visitor


@pytest.fixture
def bodies(tmp_path: Path) -> Path:
    """Two new bodies outside the repository, made by the real generator."""
    folder = tmp_path / "bodies"
    folder.mkdir()
    for transport, name in NAMES.items():
        manage("agency", name, "--transport", transport, "--in", str(folder), environment=dict(os.environ))
    return folder


async def sees_its_tile(visitor: Visitor, name: str) -> None:
    dataset = f"{name}.toekenningen"
    assert await visitor.outcome(dataset) == "ready"
    tile = visitor.tile(dataset)
    for text in ("Toekenningen", "Tegemoetkoming voor een kamp", "Kansentarief"):
        await tile.get_by_text(text).first.wait_for()
    await visitor.opens(f"/uw-gegevens/bron/{name}/toekenningen/")
    for text in ("2 toekenningen", "Toegekend", "11 juni 2024"):
        await visitor.sees(text)


async def test_a_body_is_added_as_one_folder_and_removed_again(browser, bodies):
    before = tree()
    given = {"AGENCIES_PATH": str(bodies), "SOURCES_BREAKER_CALLS": "100000"}
    with running_house(given) as house:
        listed = json.loads(manage("agencies", "--json", environment=dict(house.environment)))
        index = town(house)
        context, visitor = await visitor_of(browser, house)
        for transport, name in NAMES.items():
            (row,) = [row for row in listed if row["name"] == f"{name}.toekenningen"]
            assert (row["transport"], row["service"]) == (transport, SERVICES[transport])
            source = f"{name.replace('_', '-')}-toekenningen"
            assert source in index
            assert SERVICES[transport] in index
            assert count_answers(house, source) >= 1
            await visitor.opens("/uw-gegevens/")
            await sees_its_tile(visitor, name)
        await context.close()
    for name in NAMES.values():
        shutil.rmtree(bodies / name)
    with running_house(given) as house:
        listed = json.loads(manage("agencies", "--json", environment=dict(house.environment)))
        index = town(house)
        context, visitor = await visitor_of(browser, house)
        for name in NAMES.values():
            assert [row for row in listed if row["name"].startswith(f"{name}.")] == []
            assert name.replace("_", "-") not in index
            assert await visitor.tile(f"{name}.toekenningen").count() == 0
            assert await visitor.opens(f"/uw-gegevens/bron/{name}/toekenningen/") == 404
        await context.close()
    assert tree() == before
