"""What the themes do with personal data, for the register of processing."""

from collections.abc import Sequence

from portal.platform.journal.types import Processing

from . import queries
from .types import LOOK, LOOK_AT_CHILD, TITLES


def processings() -> Sequence[Processing]:
    """List a processing for each dataset, by theme; some are shown of a child to its parents too."""
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
