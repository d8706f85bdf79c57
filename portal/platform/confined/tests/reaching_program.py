"""A program that says, as the trial does, that it reached something."""

CPU_SECONDS = 1
MEMORY = 1 << 30


def main(_given: bytes) -> bytes:
    """Answer with what it would have reached."""
    return b"a file"
