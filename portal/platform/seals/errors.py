"""Why a seal cannot be taken for what it says."""

from .types import Why


class Altered(Exception):
    """The document is not, or not surely, what was sealed."""

    def __init__(self, why: Why, about: str = "") -> None:
        """Say why; `about` is for engineers."""
        super().__init__(f"{why}: {about}")
        self.why = why
