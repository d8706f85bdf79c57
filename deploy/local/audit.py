"""Ask the public advisory sources about every pinned package (`make security`).

Exit code 0: nothing known against them, or no source could be reached, which one clear line says. 1: something is.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.postgres import CHECKOUT

LOCK = CHECKOUT / "requirements" / "dev.txt"
SOURCES = ("pypi", "osv")
UNREACHED = "security: no advisory source could be reached, so the dependencies were NOT audited."


def ask(source: str, lock: Path) -> list[dict[str, Any]] | None:
    """Return pip-audit's list of dependencies by `source`; None when it did not answer."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "pip_audit", "--vulnerability-service", source, "--timeout", "10"),
            *("--requirement", str(lock), "--require-hashes", "--disable-pip", "--progress-spinner", "off"),
            *("--format", "json", "--output", str(report)),
        ]
        # The exit code is the same for "found something" and "could not ask"; only the report tells them apart.
        subprocess.run(command, capture_output=True, check=False)
        try:
            found: list[dict[str, Any]] = json.loads(report.read_text())["dependencies"]
        except (OSError, ValueError, KeyError):
            return None
    # A mirror that knows none of the packages answers with an empty report.
    return found if any("vulns" in dependency for dependency in found) else None


def verdict(found: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print for one source's answer."""
    bad = [
        f"security: {item['name']} {item['version']}: {hole['id']}, repaired in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for item in found
        for hole in item.get("vulns", [])
    ]
    skipped = [item["name"] for item in found if "vulns" not in item]
    lines = [f"security: {len(found) - len(skipped)} packages audited, {len(bad)} advisories.", *bad]
    if skipped:
        lines.append(f"security: not audited, unknown to the source: {', '.join(skipped)}.")
    return (1 if bad else 0), lines


def main() -> int:
    """Ask the sources in order until one answers; return the exit code."""
    for source in SOURCES:
        found = ask(source, LOCK)
        if found is not None:
            code, lines = verdict(found)
            print("\n".join(lines))
            return code
    print(UNREACHED)
    return 0


if __name__ == "__main__":
    sys.exit(main())
