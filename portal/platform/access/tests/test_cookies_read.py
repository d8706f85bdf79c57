"""What a browser sends back is read exactly or not at all."""

import hashlib

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.access import cookies, derivation, pending, sessions

pytestmark = pytest.mark.security

secrets_ = st.binary(min_size=32, max_size=32)
EVERY_PURPOSE = [value for name, value in vars(derivation).items() if name.startswith(("SESSION_", "SIGN_IN_"))]


@given(secrets_)
def test_secret_survives_the_cookie(secret):
    assert derivation.read_secret(derivation.encode(secret)) == secret


@given(st.text() | st.text("AZaz09-_=+/", min_size=40, max_size=46))
def test_secret_is_only_read_from_what_was_written(text):
    secret = derivation.read_secret(text)
    assert secret is None or derivation.encode(secret) == text


@given(secrets_, st.integers(0, 42))
def test_secret_cut_or_grown_is_not_read(secret, length):
    written = derivation.encode(secret)
    grown = (written[:length], written + "A", f"{written}=", f" {written}", f"{written}\n")
    assert [derivation.read_secret(text) for text in grown] == [None] * 5


def test_secret_has_one_spelling():
    # 43 characters hold two bits more than 32 bytes.
    written = derivation.encode(bytes(32))
    read = [derivation.read_secret(written[:-1] + last) for last in "ABCDE"]
    assert read == [bytes(32), None, None, None, bytes(31) + b"\x01"]


@given(secrets_, st.sampled_from(EVERY_PURPOSE))
def test_derive_is_hkdf_expand(secret, purpose):
    assert derivation.derive(secret, purpose) == HKDFExpand(SHA256(), 32, purpose).derive(secret)


@given(secrets_)
def test_derived_values_differ_by_purpose(secret):
    assert len({derivation.derive(secret, purpose) for purpose in EVERY_PURPOSE} | {secret}) == len(EVERY_PURPOSE) + 1


@given(st.text(), st.text())
def test_is_same_compares_any_text(one, other):
    assert derivation.is_same(one, other) == (one.encode("utf-8", "replace") == other.encode("utf-8", "replace"))


@given(st.text() | st.none())
async def test_find_without_a_well_shaped_cookie_asks_nothing(cookie):
    # There is no pool here: a statement would raise.
    assert await sessions.find(cookie, now=None) is None  # type: ignore[arg-type]


def test_pending_survives_the_cookie():
    begun = pending.begin("/uw-gegevens/?opnieuw=x.y")
    assert pending.read(begun.cookie) == begun
    assert begun.path == "/uw-gegevens/?opnieuw=x.y"
    anew = pending.begin("/uw-gegevens/", is_anew=True)
    assert pending.read(anew.cookie) == anew


@given(st.text() | st.none() | st.text("Aa0-_.", max_size=2000))
def test_pending_reads_anything_without_trouble(cookie):
    read = pending.read(cookie)
    assert read is None or read.path == "/uw-gegevens/"


def test_pending_path_is_checked_again():
    begun = pending.begin(None)
    secret = begun.cookie.partition(".")[0]
    planted = f"{secret}.{derivation.encode(b'//evil.example/')}"
    assert pending.read(planted) == begun


def test_pending_values_differ_and_fit_pkce():
    begun = pending.begin(None)
    values = (begun.state, begun.nonce, begun.code_verifier, begun.code_challenge)
    assert len({*values, derivation.encode(begun.secret)}) == 5
    assert [len(value) for value in values] == [43] * 4
    digest = hashlib.sha256(begun.code_verifier.encode()).digest()
    assert begun.code_challenge == derivation.encode(digest)


def test_pending_does_not_print_its_secret():
    begun = pending.begin(None)
    assert repr(begun) == "Pending(path='/uw-gegevens/', is_anew=False)"


@pytest.mark.parametrize("name", [cookies.SESSION, cookies.PENDING])
def test_cookies_of_ours_are_declared_once(name):
    assert [name in declared.names for declared in cookies.DECLARED].count(True) == 1
