"""How processor time per dossier grows with how many an answer has: a thousand against fifty.

Reading alone, in a process of its own (`dossiers_read`), in alternating pairs.
"""

import json
import subprocess
import sys

from .figures import Figure, median, ratios, round_off


def measure() -> Figure:
    """Measure the pairs that the other process takes."""
    command = [sys.executable, "-m", "benchmarks.dossiers_read"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)
    few, many = said["few_us"], said["many_us"]
    pairs = ratios(many, few)
    return Figure(
        "dossiers_1000_over_50_cpu",
        median(pairs),
        "ratio",
        1.3,
        {
            "us_each_of_50": round_off(median(few)),
            "us_each_of_1000": round_off(median(many)),
            "pairs": [round_off(one) for one in pairs],
        },
    )
