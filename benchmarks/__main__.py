"""Run all benchmarks, or the one that is named; one line of JSON each.

    python -m benchmarks [NAME]

A benchmark is no test: a target that is missed shows as `"holds": false`. The exit code is 1 only when something
could not be measured, 2 for a name that does not exist. A benchmark that needs an environment variable says so in one
line, with the exit code 3; when no name is given, it is left out.

Each of several runs in a process of its own, since what a process has read once (the settings, say) holds for good.
"""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import TextIO

from . import (
    before_after,
    bell_cost,
    certificate_check,
    certificate_first_byte,
    certificates_lost,
    cold_start,
    confined_child_ms,
    corrections_crash,
    database_restart,
    dossiers_150,
    dossiers_growth,
    ebox_events,
    everything_about_me,
    first_byte_ms,
    hung_memory,
    loop_held,
    mail_delay,
    mailbox_2000,
    mailbox_crash,
    mailbox_zip,
    many_citizens,
    notice_to_eye,
    notices_20000,
    one_citizen_share,
    overview_over_bare,
    overview_size,
    page_weight,
    push_crash,
    push_single,
    retention_sweep,
    reuse_reset,
    seal_journal_share,
    tile_delay_ms,
    under_hang,
    usage_count_cost,
    usage_page,
)
from .figures import Figure, LeftOutError

LEFT_OUT = 3  # the exit code of a benchmark that needs an environment variable

# Figures that come from one run have one function, which runs once and prints them all.
BENCHMARKS: dict[str, Callable[[], Figure | tuple[Figure, ...]]] = {
    "overview_over_bare": overview_over_bare.measure,
    "signed_over_unsigned": overview_over_bare.measure,
    "overview_mixed_over_bare": overview_over_bare.measure_mixed,
    "seal_journal_share": seal_journal_share.measure,
    "first_byte_ms": first_byte_ms.measure,
    "tile_delay_ms": tile_delay_ms.measure,
    "signin_under_hang_ratio": under_hang.measure,
    "stream_memory_kb": under_hang.measure,
    "hung_memory_kb": hung_memory.measure,
    "confined_child_ms": confined_child_ms.measure,
    "certificate_check_ratio": certificate_check.measure,
    "certificate_first_byte_ratio": certificate_first_byte.measure,
    "certificates_1000_lost": certificates_lost.measure,
    "certificates_1000_undelivered": certificates_lost.measure,
    "certificates_1000_signin_ratio": certificates_lost.measure,
    "corrections_crash_lost": corrections_crash.measure,
    "corrections_crash_double": corrections_crash.measure,
    "database_restart_lost": database_restart.measure,
    "loop_held_ms": loop_held.measure,
    "dossiers_150_s": dossiers_150.measure,
    "dossiers_1000_over_50_cpu": dossiers_growth.measure,
    "notice_to_eye_p95_s": notice_to_eye.measure,
    "notices_20000_p95_ratio": notices_20000.measure,
    "usage_page_ratio": usage_page.measure,
    "push_single_per_s": push_single.measure,
    "push_single_p95_ratio": push_single.measure,
    "push_crash_lost": push_crash.measure,
    "push_crash_double": push_crash.measure,
    "ebox_events_ratio": ebox_events.measure,
    "export_s": everything_about_me.measure,
    "erase_s": everything_about_me.measure,
    "mailbox_crash_lost": mailbox_crash.measure,
    "mailbox_crash_double": mailbox_crash.measure,
    "mail_p95_s": mail_delay.measure,
    "mailbox_2000_s": mailbox_2000.measure,
    "mailbox_2000_unordered_s": mailbox_2000.measure,
    "mailbox_zip_mb": mailbox_zip.measure,
    "bell_cost": bell_cost.measure,
    "usage_count_cost": usage_count_cost.measure,
    "overview_100_over_20": overview_size.measure_hundred,
    "million_over_thousand": many_citizens.measure,
    "one_citizen_share": one_citizen_share.measure,
    "overview_50x200ms_s": overview_size.measure_slow,
    "reuse_reset_lost": reuse_reset.measure,
    "retention_sweep_ratio": retention_sweep.measure,
    "page_weight": page_weight.measure,
    "signin_cpu_before_after": before_after.measure,
    "kept_cpu_before_after": before_after.measure,
    "cold_64_own_trouble": cold_start.measure,
    "cold_64_first_byte_ms": cold_start.measure,
}


def _own_stdout() -> TextIO:
    """Give the present stdout for the figures, and send what started processes print to stderr."""
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return figures


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all, and print their figures; return the exit code."""
    for name in names:
        if name not in BENCHMARKS:
            sys.stderr.write(f"There is no benchmark {name}; there are: {', '.join(BENCHMARKS)}.\n")
            return 2
    by_measure = {BENCHMARKS[name]: name for name in names or BENCHMARKS}
    if len(by_measure) == 1:
        return _measure(*by_measure.popitem())
    codes = {_run_apart(name) for name in by_measure.values()}
    return 1 if codes - ({0} if names else {0, LEFT_OUT}) else 0


def _run_apart(name: str) -> int:
    return subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode


def _measure(measure: Callable[[], Figure | tuple[Figure, ...]], name: str) -> int:
    stdout = _own_stdout()
    try:
        figures = measure()
    except LeftOutError as needed:
        sys.stderr.write(f"{needed}\n")
        return LEFT_OUT
    except Exception:
        sys.stderr.write(f"{name} could not be measured:\n{traceback.format_exc()}")
        return 1
    for figure in figures if isinstance(figures, tuple) else (figures,):
        stdout.write(figure.line() + "\n")
    stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
