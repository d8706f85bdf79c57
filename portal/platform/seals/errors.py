"""Why a seal cannot be taken for what it says."""

from .types import VerdictReason


class Altered(Exception):
    """The document is not, or not surely, what was sealed."""

    def __init__(self, why: VerdictReason, about: str = "") -> None:
        """Say why; `about` is for engineers."""
        super().__init__(f"{why}: {about}")
        self.why = why
