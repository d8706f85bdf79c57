"""A program whose threads cannot be made, as where memory is short."""

CPU_SECONDS = 1
MEMORY = 1 << 30


def prepare() -> None:
    """Fail as Python does where there is no memory for a thread."""
    raise RuntimeError("can't start new thread")


def main(_given: bytes) -> bytes:
    """Answer, which it never comes to."""
    return b"made"
