"""Icons: one family of lines, each small, none of which says anything by itself."""

from xml.etree import ElementTree

import pytest

from portal.platform.ui import icons
from portal.platform.ui.icons import FOLDER, icon

DRAWN = sorted(file.stem for file in FOLDER.glob("*.svg"))
FAMILY = {
    "viewBox": "0 0 24 24",
    "width": "24",
    "height": "24",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}


@pytest.mark.parametrize("name", DRAWN)
def test_icon_is_of_the_family(name):
    file = FOLDER / f"{name}.svg"
    root = ElementTree.fromstring(file.read_text("utf-8"))
    assert root.attrib == FAMILY
    assert {part.tag.rpartition("}")[2] for part in root} <= {"path", "circle", "rect"}
    # What is inside has no colour or width of its own.
    assert {key for part in root for key in part.attrib} <= {"d", "cx", "cy", "r", "x", "y", "width", "height", "rx"}
    assert file.stat().st_size < 600


def test_icon_in_a_page_is_silent_and_of_the_colour_of_its_words():
    root = ElementTree.fromstring(icon("home"))
    assert root.attrib["aria-hidden"] == "true"
    assert root.attrib["focusable"] == "false"
    assert root.attrib["class"] == "icon"
    assert root.attrib["stroke"] == "currentColor"
    drawn = ElementTree.fromstring((FOLDER / "home.svg").read_text("utf-8"))
    assert [part.attrib for part in root] == [part.attrib for part in drawn]


def test_icon_of_a_file_that_begins_with_a_declaration_is_its_lines_alone(tmp_path, monkeypatch):
    drawn = (FOLDER / "home.svg").read_text("utf-8")
    (tmp_path / "declared.svg").write_text(f'<?xml version="1.0"?>\n<!-- a house -->\n{drawn}', "utf-8")
    monkeypatch.setattr(icons, "FOLDER", tmp_path)
    assert icon("declared") == icon("home")


def test_icon_that_nobody_drew_is_refused():
    with pytest.raises(FileNotFoundError):
        icon("unicorn")
