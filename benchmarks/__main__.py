"""Run all benchmarks, or the one that is named; one line of JSON each.

    python -m benchmarks [NAME]

A benchmark is no test: a target that is missed shows as `"holds": false`. The exit code is 1 only when something
could not be measured, 2 for a name that does not exist.
"""

import os
import sys
import traceback
from collections.abc import Callable
from typing import TextIO

from . import (
    cold_start,
    confined_child_ms,
    corrections_crash,
    database_restart,
    first_byte_ms,
    loop_held,
    many_citizens,
    one_citizen_share,
    overview_cpu_ratio,
    overview_size,
    reuse_reset,
    seal_journal_share,
    tile_delay_ms,
    under_hang,
)
from .figures import Figure

# Figures that come from one run have one function, which runs once and prints them all.
BENCHMARKS: dict[str, Callable[[], Figure | tuple[Figure, ...]]] = {
    "overview_cpu_ratio": overview_cpu_ratio.measure,
    "overview_mixed_cpu_ratio": overview_cpu_ratio.measure_mixed,
    "seal_journal_share": seal_journal_share.measure,
    "first_byte_ms": first_byte_ms.measure,
    "tile_delay_ms": tile_delay_ms.measure,
    "signin_under_hang_ratio": under_hang.measure,
    "stream_memory_kb": under_hang.measure,
    "confined_child_ms": confined_child_ms.measure,
    "corrections_crash_lost": corrections_crash.measure,
    "corrections_crash_double": corrections_crash.measure,
    "database_restart_lost": database_restart.measure,
    "loop_held_ms": loop_held.measure,
    "overview_100_over_20": overview_size.measure_hundred,
    "million_over_thousand": many_citizens.measure,
    "one_citizen_share": one_citizen_share.measure,
    "overview_50x200ms_s": overview_size.measure_slow,
    "reuse_reset_lost": reuse_reset.measure,
    "cold_64_own_trouble": cold_start.measure,
    "cold_64_first_byte_ms": cold_start.measure,
}


def _own_stdout() -> TextIO:
    """Keep stdout for the figures: what the started processes have to say goes to stderr."""
    kept = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return kept


def main(names: list[str]) -> int:
    """Run and print; return the exit code."""
    for name in names:
        if name not in BENCHMARKS:
            sys.stderr.write(f"There is no benchmark {name}; there are: {', '.join(BENCHMARKS)}.\n")
            return 2
    stdout = _own_stdout()
    failed = False
    for measure, name in {BENCHMARKS[name]: name for name in names or BENCHMARKS}.items():
        try:
            figures = measure()
        except Exception:
            sys.stderr.write(f"{name} could not be measured:\n{traceback.format_exc()}")
            failed = True
        else:
            for figure in figures if isinstance(figures, tuple) else (figures,):
                stdout.write(figure.line() + "\n")
            stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
