"""Read a plate, in a confined program."""

CPU_SECONDS = 2
MEMORY = 1 << 30


def main(given: bytes) -> bytes:
    """Write a plate as plates are written."""
    return given.upper()
