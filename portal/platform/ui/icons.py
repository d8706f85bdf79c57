"""Icons: line drawings, one SVG file each in `icons/`; screen readers skip them, as a word stands beside each."""

from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).with_name("icons")


def is_drawn(name: str) -> bool:
    """Tell whether there is an icon of that name."""
    return (FOLDER / f"{name}.svg").is_file()


@cache
def icon(name: str) -> str:
    """Give the markup of an icon: 24 by 24 px, in the colour of the words around it.

    Raises FileNotFoundError for a name without a file.
    """
    svg = (FOLDER / f"{name}.svg").read_text("utf-8")
    lines = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return Markup(  # noqa: S704 - our own file, which a template names
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        f' aria-hidden="true" focusable="false">{lines}</svg>'
    )
