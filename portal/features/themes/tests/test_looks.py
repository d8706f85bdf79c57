"""Each theme has an icon and a colour of its own."""

from portal.features.themes.types import Theme
from portal.platform.ui.icons import FOLDER

TOKENS = FOLDER.with_name("static") / "ui/tokens.css"


def test_each_theme_has_an_icon_and_a_colour():
    css = TOKENS.read_text("utf-8")
    assert [theme for theme in Theme if not (FOLDER / f"{theme}.svg").is_file()] == []
    assert [theme for theme in Theme if f".theme-{theme} {{" not in css] == []
