"""A confined program that never ends by itself."""

import time

CPU_SECONDS = 10
MEMORY = 4 << 30


def main(_given: bytes) -> bytes:
    """Wait for the end."""
    time.sleep(600)
    return b""
