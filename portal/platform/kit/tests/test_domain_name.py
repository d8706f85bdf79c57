"""Domains are sent in ASCII and shown with their letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.kit.domain_name import as_written, in_ascii, mailbox_as_written


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
    assert in_ascii(written) == sent


def test_domain_is_shown_as_it_is_written():
    assert as_written("xn--caf-d-dsac.be") == "café-dé.be"
    assert as_written("XN--BCHER-KVA.example") == "bücher.example"
    assert mailbox_as_written("An.B+1@xn--caf-d-dsac.be") == "An.B+1@café-dé.be"
    assert mailbox_as_written("") == ""
    assert as_written("example.org") == "example.org"
    assert as_written("xn--a.be") == "xn--a.be"


@pytest.mark.parametrize("domain", ["é .be", "é..be", "😀.be", "é_.be", "-é.be", "é" * 64 + ".be", "é" * 300])
def test_domain_without_an_ascii_form_is_none(domain):
    assert in_ascii(domain) is None


@given(st.text(max_size=80))
def test_any_text_is_a_domain_or_none(text):
    sent = in_ascii(text)
    assert sent is None or sent.isascii()
    as_written(f"xn--{text}")
