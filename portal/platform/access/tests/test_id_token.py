"""Every forgery of an ID token is found, and named."""

import base64
import hashlib
import hmac
import json
import math
from contextlib import suppress
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.access import id_token
from portal.platform.access.errors import BadClaim, BadSignature

pytestmark = pytest.mark.security

ABSENT = object()


def part(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def check(key, now):
    def checked(token, **changes):
        expected = {
            "issuer": "https://provider.example/op",
            "client_id": "portal",
            "nonce": "the-nonce",
            "access_token": "the-access-token",
        }
        assert id_token.key_id(token) == "k1"
        return id_token.check(token, key.public_key(), id_token.Expected(**(expected | changes)), now)

    return checked


def test_check_returns_the_claims_of_a_good_token(check, token, claims):
    assert check(token(claims)) == claims


def test_at_hash_is_that_of_the_specification():
    # OpenID Connect Core, A.3: at_hash of this access token.
    assert id_token.at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"


BAD = [
    ("iss", ABSENT),
    ("iss", "https://evil.example/op"),
    ("iss", "https://provider.example/op/"),
    ("iss", ["https://provider.example/op"]),
    ("aud", ABSENT),
    ("aud", "other"),
    ("aud", []),
    ("aud", ["other"]),
    ("aud", {"portal": 1}),
    ("azp", "other"),
    ("azp", None),
    ("sub", ABSENT),
    ("sub", ""),
    ("sub", 7),
    ("sub", "x" * 256),
    ("sub", "\ud800"),
    ("nonce", ABSENT),
    ("nonce", ""),
    ("nonce", "another-nonce"),
    ("nonce", "thé-nonce"),
    ("nonce", 7),
    ("at_hash", ABSENT),
    ("at_hash", ""),
    ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    ("exp", ABSENT),
    ("exp", "tomorrow"),
    ("exp", True),
    ("exp", float("inf")),
    ("exp", float("nan")),
    ("exp", 10**400),
    ("iat", -(10**400)),
    ("exp", None),
    ("iat", ABSENT),
    ("iat", "now"),
    ("iat", False),
    ("nbf", "now"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_check_refuses_a_wrong_claim(check, token, claims, name, value):
    if value is ABSENT:
        del claims[name]
    else:
        claims[name] = value
    with pytest.raises(BadClaim) as caught:
        check(token(claims))
    assert caught.value.code == f"sign_in.claim.{name}"


@pytest.mark.parametrize(
    ("name", "seconds", "is_accepted"),
    [
        ("exp", -59, True),
        ("exp", -60, False),
        ("exp", -3600, False),
        ("iat", 60, True),
        ("iat", 61, False),
        ("nbf", 60, True),
        ("nbf", 61, False),
    ],
)
def test_check_gives_clocks_a_minute(check, token, claims, now, name, seconds, is_accepted):
    claims[name] = int(now.timestamp()) + seconds
    if is_accepted:
        assert check(token(claims)) == claims
        return
    with pytest.raises(BadClaim) as caught:
        check(token(claims))
    assert caught.value.code == f"sign_in.claim.{name}"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (4, []),
        (5, ["the clock of the provider is +5 s from ours"]),
        (-5, ["the clock of the provider is -5 s from ours"]),
        (75, ["the clock of the provider is +75 s from ours"]),
    ],
)
def test_check_tells_how_far_a_clock_is(check, token, claims, now, caplog, seconds, said):
    claims["iat"] = int(now.timestamp()) + seconds
    with suppress(BadClaim):
        check(token(claims))
    assert [record.getMessage() for record in caplog.records] == said


def test_check_takes_several_audiences_only_with_azp(check, token, claims):
    claims["aud"] = ["other", "portal"]
    assert check(token(claims)) == claims
    del claims["azp"]
    with pytest.raises(BadClaim, match="azp"):
        check(token(claims))


def test_check_takes_one_audience_without_azp(check, token, claims):
    del claims["azp"]
    assert check(token(claims)) == claims


def test_check_refuses_the_token_of_another_access_token(check, token, claims):
    with pytest.raises(BadClaim, match="at_hash"):
        check(token(claims), access_token="another")


def test_check_refuses_a_foreign_key(check, token, claims, foreign_key):
    with pytest.raises(BadSignature):
        check(token(claims, by=foreign_key))


def test_check_refuses_changed_claims(check, token, claims):
    header, _, signature = token(claims).split(".")
    with pytest.raises(BadSignature):
        check(f"{header}.{part({**claims, 'rrn': '00000000000'})}.{signature}")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, 7])
def test_key_id_refuses_a_token_without_signature(claims, alg):
    with pytest.raises(BadSignature):
        id_token.key_id(f"{part({'alg': alg, 'typ': 'JWT', 'kid': 'k1'})}.{part(claims)}.")


def test_check_refuses_hs256_with_the_public_key(key, claims, check):
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(claims)}"
    forged = f"{signed}.{part(hmac.digest(public, signed.encode(), hashlib.sha256))}"
    with pytest.raises(BadSignature):
        check(forged)


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
def test_key_id_refuses_another_algorithm(token, claims, alg):
    with pytest.raises(BadSignature):
        id_token.key_id(token(claims, alg=alg))


def test_key_id_refuses_a_token_without_key_id(key, claims):
    with pytest.raises(BadSignature):
        id_token.key_id(jwt.encode(claims, key, algorithm="RS256"))


def test_key_id_ignores_keys_that_a_token_brings_itself(token, claims, foreign_key, check):
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(foreign_key.public_key(), as_dict=True)
    with pytest.raises(BadSignature):
        check(token(claims, by=foreign_key, jwk=jwk, jku="https://evil.example/keys"))


@given(st.text() | st.text("Aa0-_=.", max_size=300))
def test_key_id_refuses_anything_that_is_no_token(text):
    with pytest.raises(BadSignature):
        id_token.key_id(text)


def test_key_id_refuses_a_huge_token(token, claims):
    with pytest.raises(BadSignature):
        id_token.key_id(token({**claims, "more": "x" * 20_000}))


@pytest.mark.parametrize("payload", [b"[]", b"7", b"null", b"not json", b'"x"', b"\xff"])
def test_check_refuses_claims_that_are_no_object(check, key, payload):
    signed = jwt.PyJWS().encode(payload, key, algorithm="RS256", headers={"kid": "k1"})
    with pytest.raises(BadSignature):
        check(signed)


def test_authenticated_at_is_read_when_it_is_said_and_is_never_later_than_now(now):
    last = 253_402_300_799  # the last second of the year 9999
    moments = (now.timestamp() - 60, now.timestamp() + 60, last, math.nextafter(last + 1, 0))
    said = [id_token.authenticated_at({"auth_time": moment}, now) for moment in moments]
    assert said == [now - timedelta(seconds=60), now, now, now]
    no_moments = ("1", True, -1, last + 1, 1e30, float("nan"), None)
    assert [id_token.authenticated_at({"auth_time": moment}, now) for moment in no_moments] == [None] * 7
    assert id_token.authenticated_at({}, now) is None
