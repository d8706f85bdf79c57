"""Start and ask a process beside the portal that does a part of the portal's work, with the same environment.

The process reads what it needs on one line, then a number on each line, and answers with the seconds of processor
that so many pieces of work took.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import browser
from .bodies import ROOT
from .scene import Scene


@contextmanager
def beside(scene: Scene, module: str, setup: str) -> Iterator[subprocess.Popen[str]]:
    """Start a module of benchmarks. setup: its first line, such as a cookie's value."""
    with (
        scene.house.log.with_name(f"{module}.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}"],
            cwd=ROOT,
            env=dict(scene.house.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as child,
    ):
        _write_line(child, setup)
        try:
            yield child
        finally:
            assert child.stdin
            child.stdin.close()


def cpu_ms(child: subprocess.Popen[str], count: int) -> float:
    """Let the process do its work so many times; return the milliseconds of processor for each."""
    return answer_s(child, str(count)) / count * 1000


def answer_s(child: subprocess.Popen[str], line: str) -> float:
    """Write a line to the process; return the seconds of processor that it answers."""
    _write_line(child, line)
    assert child.stdout
    answer = child.stdout.readline()
    if not answer:
        raise browser.UnexpectedAnswerError(f"{child.args!r} stopped; run it by hand to see why")
    return float(answer)


def _write_line(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin
    child.stdin.write(line + "\n")
    child.stdin.flush()
