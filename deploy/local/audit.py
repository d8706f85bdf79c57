"""Ask public advisory databases about every pinned package (`make security`).

Exit code 1: there are advisories. 0: there are none, or no database could be reached, which is printed.
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
    """Give pip-audit's list of dependencies, with their advisories by `source`; None when it did not answer."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "pip_audit", "--vulnerability-service", source, "--timeout", "10"),
            *("--requirement", str(lock), "--require-hashes", "--disable-pip", "--progress-spinner", "off"),
            *("--format", "json", "--output", str(report)),
        ]
        # The exit code is the same for advisories and for no answer; only the report tells them apart.
        subprocess.run(command, capture_output=True, check=False)
        try:
            dependencies: list[dict[str, Any]] = json.loads(report.read_text())["dependencies"]
        except (OSError, ValueError, KeyError):
            return None
    # A mirror that knows none of the packages gives a report without any `vulns`.
    return dependencies if any("vulns" in dependency for dependency in dependencies) else None


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Give the exit code and the lines to print for the answer of a source (`ask`)."""
    advisories = [
        f"security: {item['name']} {item['version']}: {advisory['id']}, repaired in "
        f"{', '.join(advisory['fix_versions']) or 'no version yet'}"
        for item in dependencies
        for advisory in item.get("vulns", [])
    ]
    skipped = [item["name"] for item in dependencies if "vulns" not in item]
    audited = len(dependencies) - len(skipped)
    lines = [f"security: {audited} packages audited, {len(advisories)} advisories.", *advisories]
    if skipped:
        lines.append(f"security: not audited, unknown to the source: {', '.join(skipped)}.")
    return (1 if advisories else 0), lines


def main() -> int:
    """Ask the sources in order until one answers; give the exit code."""
    for source in SOURCES:
        dependencies = ask(source, LOCK)
        if dependencies is not None:
            code, lines = verdict(dependencies)
            print("\n".join(lines))
            return code
    print(UNREACHED)
    return 0


if __name__ == "__main__":
    sys.exit(main())
