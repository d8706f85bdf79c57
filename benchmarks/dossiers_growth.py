"""How the processor time to read a dossier grows with the number in an answer: a thousand against fifty.

Only reading is measured, in a process of its own (`dossiers_read`), in alternating pairs.
"""

import json
import subprocess
import sys

from .figures import Figure, median, ratios, round_off


def measure() -> Figure:
    """Have the other process measure, and compare its pairs."""
    command = [sys.executable, "-m", "benchmarks.dossiers_read"]
    times = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)
    few, many = times["few_us"], times["many_us"]
    pairs = ratios(many, few)
    return Figure(
        "dossiers_1000_over_50_cpu",
        median(pairs),
        "ratio",
        1.3,
        {
            "us_each_of_50": round_off(median(few)),
            "us_each_of_1000": round_off(median(many)),
            "pairs": [round_off(pair) for pair in pairs],
        },
    )
