"""The walks of docs/agencies.md, pasted as they stand: each command works, and ends where the text says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/agencies.md").read_text("utf-8")
# `make test` has installed the packages already: nothing is fetched here.
MAKE = 'make() { command make --no-print-directory --assume-old=packages-run --assume-old=packages-dev "$@"; }\n'


def commands(title: str) -> str:
    """Give the commands of a chapter, but for those that run until they are stopped."""
    chapter = TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return "".join(
        block for block in re.findall(r"^```sh\n(.*?)^```$", chapter, re.M | re.S) if block != "make run\n"
    )


def paste(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "BESIDE") if name in os.environ}
    return subprocess.run(
        ["bash", "-euc", MAKE + script],
        cwd=ROOT,
        env=environment | {"HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("title", "name", "fact"),
    [
        ("From nothing to a tile: JSON", "leeszaal", '["valid_until", "Geldig tot en met", "2027-02-03"'),
        # The chapter differs where MAGDA's schemas are not beside the checkout.
        pytest.param(
            "From nothing to a tile: MAGDA",
            "muntslag",
            '["until", "Geldig tot en met", "2027-06-30"',
            marks=pytest.mark.beside,
        ),
    ],
)
def test_a_walk_leads_from_nothing_to_a_body_that_keeps_the_contract(tmp_path, title, name, fact):
    script = commands(title)
    # The test runner itself is called without what installs Chromium and the like.
    script = re.sub(r'^make test T="(.*)"$', r".venv/bin/python -m pytest \1", script, flags=re.M)
    *most, undo = script.rstrip().splitlines()
    walked = paste("\n".join(most), tmp_path)
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "Nothing is lacking." in walked.stdout
    assert re.search(r"^\d+ passed(, \d+ skipped)?, \d+ deselected", walked.stdout, re.M)
    approved = (tmp_path / "bodies" / name).rglob("84651421235.facts.json")
    assert [fact in file.read_text("utf-8") for file in approved] == [True]
    assert undo == f'rm -r "$HOME/bodies/{name}"'
    assert paste(undo, tmp_path).returncode == 0
    assert list((tmp_path / "bodies").iterdir()) == []
