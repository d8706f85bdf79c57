"""A command with a town of its own reaches every source in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(**variables: str) -> tuple[int, list[dict]]:
    basic = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-m", "deploy.local.beside_town", "check_agencies", "--json"],
        cwd=ROOT,
        env={**basic, **variables},
        capture_output=True,
        check=False,
    )
    return result.returncode, json.loads(result.stdout)


def test_every_source_of_the_town_is_measured():
    code, records = run()
    assert code == 0
    assert [record["name"] for record in records if record["measured"]["ms"] is None] == []
    assert {record["measured"]["outcome"] for record in records} <= {"ready", "partial"}


def test_sources_that_are_configured_are_asked_instead():
    code, records = run(MAGDA_URL="https://127.0.0.1:9")
    assert code == 0
    assert [record["name"] for record in records if record["measured"]["ms"] is not None] == []
