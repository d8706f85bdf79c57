"""A program that tries what no confined program may do: `Confinement.start` runs it to test the walls."""

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from . import walls

CPU_SECONDS = 2
MEMORY = 4 << 30
SEPARATOR = ", "
SCOPED = 6  # the version of Landlock from which it stops signals too


def may_be_reached(reached: bytes, missing: Sequence[str]) -> bool:
    """Tell whether what `main` reached is what no wall stops but those that this kernel cannot build (missing)."""
    by_landlock_too = (walls.LANDLOCK,) if walls.landlock_version() >= SCOPED else ()
    stopped_by = {
        "a file": walls.BOTH,
        "a socket": (walls.SECCOMP,),
        "another process": (walls.SECCOMP, *by_landlock_too),
    }
    return all(
        name in stopped_by and set(stopped_by[name]) <= set(missing) for name in reached.decode().split(SEPARATOR)
    )


def main(_input: bytes) -> bytes:
    """Answer with the names of what it could reach, separated by commas; b"" when the walls stand."""
    tries: dict[str, Callable[[], object]] = {
        "a file": lambda: os.open("/", os.O_RDONLY),
        "a socket": lambda: socket.socket(socket.AF_UNIX),
        "another process": lambda: os.kill(os.getppid(), 0),
    }
    reached = []
    for name, attempt in tries.items():
        with suppress(OSError):
            attempt()
            reached.append(name)
    return SEPARATOR.join(reached).encode()
