"""Icons: simple line drawings of ours, one file each in `icons/`. A word stands beside each, so screen readers skip
them.
"""

from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).with_name("icons")


def is_drawn(name: str) -> bool:
    """Tell whether somebody drew an icon of that name."""
    return (FOLDER / f"{name}.svg").is_file()


@cache
def icon(name: str) -> str:
    """Put an icon into a page: 24 by 24 px, in the colour of the words around it.

    Raises FileNotFoundError for a name that nobody drew.
    """
    drawn = (FOLDER / f"{name}.svg").read_text("utf-8")
    lines = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    return Markup(  # noqa: S704 - our own file, which a template names
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        f' aria-hidden="true" focusable="false">{lines}</svg>'
    )
