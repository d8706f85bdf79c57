"""A program whose fork server starts slowly, as on a busy machine. It answers with its input."""

import time

CPU_SECONDS = 1
MEMORY = 1 << 30
SECONDS = 3.0  # of every start


def prime() -> None:
    """Take long, as imports do."""
    time.sleep(SECONDS)


def main(given: bytes) -> bytes:
    """Answer with the input."""
    return given
