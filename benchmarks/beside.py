"""A process beside the portal, with the same environment, that does a part of the portal's work on demand.

It reads what it needs on one line, then a number a line, and answers each with the seconds of processor that so many
took.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import browser
from .bodies import ROOT
from .scene import Scene


@contextmanager
def beside(on: Scene, module: str, given: str) -> Iterator[subprocess.Popen[str]]:
    """Start a module of benchmarks; `given` is its first line: a cookie's value, say."""
    with (
        on.house.log.with_name(f"{module}.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}"],
            cwd=ROOT,
            env=dict(on.house.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as child,
    ):
        _tell(child, given)
        try:
            yield child
        finally:
            assert child.stdin
            child.stdin.close()


def cpu_ms(child: subprocess.Popen[str], count: int) -> float:
    """Let it do its work so many times; return the milliseconds of processor of one."""
    return answer_s(child, str(count)) / count * 1000


def answer_s(child: subprocess.Popen[str], line: str) -> float:
    """Give it a line; return the seconds of processor with which it answers."""
    _tell(child, line)
    assert child.stdout
    answer = child.stdout.readline()
    if not answer:
        raise browser.UnexpectedAnswerError(f"{child.args!r} stopped; run it by hand to see why")
    return float(answer)


def _tell(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin
    child.stdin.write(line + "\n")
    child.stdin.flush()
