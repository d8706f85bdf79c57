"""The error that ends a judgement: the document was changed."""

from .types import VerdictReason


class Altered(Exception):
    """The document is not, or not surely, what was sealed. about: where that shows, for engineers."""

    def __init__(self, why: VerdictReason, about: str = "") -> None:
        super().__init__(f"{why}: {about}")
        self.why = why
