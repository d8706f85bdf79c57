"""A process beside the portal, with the portal's very environment, that does part of its work on demand.

It reads a cookie's value, then a number a line, and answers each with the seconds of processor that so many took.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import browser
from .bodies import ROOT
from .scene import Scene


@contextmanager
def beside(on: Scene, module: str, cookie: str) -> Iterator[subprocess.Popen[str]]:
    """Start a module of benchmarks."""
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
        _tell(child, cookie)
        try:
            yield child
        finally:
            assert child.stdin
            child.stdin.close()


def cpu_ms(child: subprocess.Popen[str], count: int) -> float:
    """Let it do its work so many times; return the milliseconds of processor of one."""
    _tell(child, str(count))
    assert child.stdout
    line = child.stdout.readline()
    if not line:
        raise browser.UnexpectedAnswerError(f"{child.args!r} stopped; run it by hand to see why")
    return float(line) / count * 1000


def _tell(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin
    child.stdin.write(line + "\n")
    child.stdin.flush()
