"""A command beside a town of its own finds every source in it, and leaves nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(**given: str) -> tuple[int, list[dict]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.beside_town", "check_agencies", "--json"],
        cwd=ROOT,
        env={**kept, **given},
        capture_output=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_every_source_of_the_town_is_measured():
    code, records = run()
    assert code == 0
    assert [record["name"] for record in records if record["measured"]["ms"] is None] == []
    assert {record["measured"]["outcome"] for record in records} <= {"ready", "partial"}


def test_sources_that_are_configured_are_asked_instead():
    code, records = run(MAGDA_URL="https://127.0.0.1:9")
    assert code == 0
    assert [record["name"] for record in records if record["measured"]["ms"] is not None] == []
