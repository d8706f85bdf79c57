"""Links as modules offer them, of rooms that are made for a test."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.platform.ui.links import find_links, links


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder whose modules can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_only_functions_that_a_module_makes_itself_are_links(rooms):
    (rooms / "own_links.py").write_text(
        "from functools import cache\nfrom django.urls import reverse\nROOT = '/'\n"
        "@cache\ndef page() -> str:\n    return _page()\ndef _page() -> str:\n    return ROOT\n"
    )
    assert [(name, link()) for name, link in find_links(["own_links"]).items()] == [("page", "/")]


def test_a_link_that_nobody_offers_leads_nowhere():
    assert links.no_such_page(7, of="x") == ""


def test_two_rooms_cannot_offer_one_name(rooms):
    for name in ("first_links", "second_links"):
        (rooms / f"{name}.py").write_text("def page() -> str:\n    return '/'\n")
    with pytest.raises(ImproperlyConfigured) as raised:
        find_links(["first_links", "second_links"])
    assert str(raised.value) == "second_links and first_links both offer 'page'."
