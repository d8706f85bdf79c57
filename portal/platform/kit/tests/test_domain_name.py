"""Domains are sent in ASCII and shown with their letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.kit.domain_name import address_to_unicode, to_ascii, to_unicode


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("example.org", "example.org"),
        ("café-dé.be", "xn--caf-d-dsac.be"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_domain_has_an_ascii_form(written, sent):
    assert to_ascii(written) == sent


def test_domain_is_shown_as_it_is_written():
    assert to_unicode("xn--caf-d-dsac.be") == "café-dé.be"
    assert to_unicode("XN--BCHER-KVA.example") == "bücher.example"
    assert address_to_unicode("An.B+1@xn--caf-d-dsac.be") == "An.B+1@café-dé.be"
    assert address_to_unicode("") == ""
    assert to_unicode("example.org") == "example.org"
    assert to_unicode("xn--a.be") == "xn--a.be"


@pytest.mark.parametrize("domain", ["é .be", "é..be", "😀.be", "é_.be", "-é.be", "é" * 64 + ".be", "é" * 300])
def test_domain_without_an_ascii_form_is_none(domain):
    assert to_ascii(domain) is None


@given(st.text(max_size=80))
def test_any_text_is_a_domain_or_none(text):
    sent = to_ascii(text)
    assert sent is None or sent.isascii()
    to_unicode(f"xn--{text}")
