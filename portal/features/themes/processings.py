"""What the themes do with personal data: every dataset is shown, and some of a child to its parents."""

from collections.abc import Sequence

from portal.platform.journal.types import Processing

from . import queries
from .types import LOOK, LOOK_AT_CHILD, TITLES


def processings() -> Sequence[Processing]:
    """List it, for the register, by theme."""
    of_children = {entry.name for entry in queries.for_children()}
    return [
        Processing(
            function=TITLES[theme],
            activities=tuple(
                entry.activity(purpose)
                for purpose in ((LOOK, LOOK_AT_CHILD) if entry.name in of_children else (LOOK,))
            ),
        )
        for theme in queries.themes()
        for entry in queries.of_theme(theme)
    ]
