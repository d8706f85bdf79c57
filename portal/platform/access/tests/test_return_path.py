"""Nobody is led off this portal, nor in circles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.access import return_path

pytestmark = pytest.mark.security


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/uw-gegevens/",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%09/evil.example",
        "/%2F/evil.example",
        "/%5cevil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/uw-gegevens//evil.example",
        "https://evil.example/",
        "https:/uw-gegevens/",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " /uw-gegevens/gezin/",
        "/uw-gegevens/gezin/\r\nSet-Cookie: x=y",
        "/uw-gegevens/gezin/#x",
        "/uw-gegevens/\u2215evil",
        "/@evil.example",
        "@evil.example",
        "uw-gegevens/",
        "?x",
        "",
        None,
        "/nergens/",
        "/aanmelden/",
        "/aanmelden/?naar=/aanmelden/",
        "/aanmelden/terug/?code=x",
        "/afmelden/",
        "/afgemeld/?verlopen=1",
        "/sessie/verlengen/",
        "/beheer/bronnen/",
        "/machine/token",
        "/api/verbeteringen/VB-00000-00000-00000/status",
        "/uw-gegevens/?x=" + "a" * 600,
    ],
)
def test_checked_refuses(path):
    assert return_path.safe_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/uw-gegevens/", "/uw-gegevens/?opnieuw=rijksregister.identity", "/hulp/"])
def test_checked_keeps_a_page_of_ours(path):
    assert return_path.safe_path(path) == path


@given(st.text() | st.text("/\\%.@:?#ae0\t\n", max_size=20).map(lambda text: f"/{text}"))
def test_checked_always_leads_to_a_page_of_ours(path):
    found = return_path.safe_path(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()
    assert found.isascii()
    assert return_path.safe_path(found) == found
