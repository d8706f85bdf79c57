"""What a browser sends back is read exactly or not at all."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
    assert await sessions.find(cookie, now=None) is None


NOW = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


async def jar(*begun):
    """Put sign-ins under way into a browser's cookies."""
    return {one.cookie_name: await pending.cookie_value(one) for one in begun}


async def test_pending_survives_the_cookie():
    ordinary = pending.begin("/uw-gegevens/?opnieuw=x.y", now=NOW)
    anew = pending.begin("/uw-gegevens/", now=NOW, is_anew=True)
    cookies_ = await jar(ordinary, anew)
    later = NOW + pending.LIFE - timedelta(seconds=1)
    assert [await pending.read(cookies_, one.state, now=later) for one in (ordinary, anew)] == [ordinary, anew]
    assert (ordinary.path, ordinary.begun_at) == ("/uw-gegevens/?opnieuw=x.y", NOW.replace(microsecond=123000))


async def test_pending_ends_by_our_clock():
    begun = pending.begin(None, now=NOW)
    late = NOW + pending.LIFE + timedelta(seconds=1)
    assert await pending.read(await jar(begun), begun.state, now=late) is None


@given(st.text() | st.text("Aa0-_.", max_size=2000), st.text())
async def test_pending_reads_anything_without_trouble(cookie, state):
    begun = pending.begin(None, now=NOW)
    assert await pending.read({begun.cookie_name: cookie}, begun.state, now=NOW) is None
    assert await pending.read({begun.cookie_name: cookie}, state, now=NOW) is None
    assert pending.destination_of({begun.cookie_name: cookie}, begun.state) in (None, "/")


async def test_pending_that_somebody_rewrote_is_none():
    """Who sits at the browser may change its cookies: an older beginning, another way, another page."""
    begun = pending.begin("/hulp/", now=NOW, is_anew=True)
    (name, value), *_ = (await jar(begun)).items()
    began, how, secret, path, mac = value.split(".")
    others = [
        (str(int(began) - 60_000), how, path),
        (began, "g", path),
        (began, how, derivation.encode(b"/cookies/")),
    ]
    for other_began, other_how, other_path in others:
        changed = ".".join((other_began, other_how, secret, other_path, mac))
        assert await pending.read({name: changed}, begun.state, now=NOW) is None


def test_pending_anew_shares_nothing_with_an_ordinary_one():
    ordinary = pending.begin(None, now=NOW)
    anew = replace(ordinary, is_anew=True)
    for name in ("state", "nonce", "code_verifier", "mark", "answer_key"):
        assert getattr(ordinary, name) != getattr(anew, name)


async def test_pending_leaves_no_secret_behind_where_it_led():
    begun = pending.begin("/hulp/", now=NOW)
    left = {begun.cookie_name: pending.write_destination(begun)}
    assert (pending.destination_of(left, begun.state), await pending.read(left, begun.state, now=NOW)) == (
        "/hulp/",
        None,
    )
    assert derivation.encode(begun.secret) not in left[begun.cookie_name]
    elsewhere = f"1.d.{derivation.encode(b'//evil.example/')}"
    assert pending.destination_of({begun.cookie_name: elsewhere}, begun.state) == "/"


async def test_pending_makes_room_by_forgetting_the_oldest():
    begun = [pending.begin(None, now=NOW + timedelta(seconds=number)) for number in (3, 1, 5, 2, 4, 0)]
    kept = {**await jar(*begun), "another": "cookie", f"{cookies.PENDING}x": "nonsense"}
    gone = [begun[1].cookie_name, begun[5].cookie_name, f"{cookies.PENDING}x"]
    assert pending.superfluous(kept) == gone
    assert pending.superfluous(await jar(*begun[:4])) == []


def test_pending_values_differ_and_fit_pkce():
    begun = pending.begin(None, now=NOW)
    values = (begun.state, begun.nonce, begun.code_verifier, begun.code_challenge)
    assert len({*values, derivation.encode(begun.secret)}) == 5
    assert [len(value) for value in values] == [43] * 4
    digest = hashlib.sha256(begun.code_verifier.encode()).digest()
    assert begun.code_challenge == derivation.encode(digest)


def test_pending_does_not_print_its_secret():
    begun = pending.begin(None, now=NOW)
    assert repr(begun.secret) not in repr(begun)


@pytest.mark.parametrize("name", [cookies.SESSION, f"{cookies.PENDING}*"])
def test_cookies_of_ours_are_declared_once(name):
    assert [name in declared.names for declared in cookies.DECLARED].count(True) == 1
