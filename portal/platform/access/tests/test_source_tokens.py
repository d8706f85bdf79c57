"""Tokens with which sources are asked about a citizen: what they say, which keys are published, which are refused."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings

from portal.platform.access import source_tokens
from portal.platform.access.source_tokens import SourceTokenError

pytestmark = pytest.mark.security

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


def private(key) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)


def public(key) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form)


def test_a_token_says_who_asks_about_whom_for_one_source_and_one_minute():
    signing = source_tokens.read(private(KEYS[0]))
    written = source_tokens.token(signing, "84651421235", "urn:source", NOW)
    (published,) = signing.published
    key = jwt.PyJWK(published).key
    claims = jwt.decode(written, key, algorithms=["RS256"], audience="urn:source", options={"verify_exp": False})
    assert jwt.get_unverified_header(written) == {"alg": "RS256", "typ": "JWT", "kid": published["kid"]}
    assert claims.pop("jti") != jwt.decode(
        source_tokens.token(signing, "84651421235", "urn:source", NOW), options={"verify_signature": False}
    ).pop("jti")
    assert claims == {
        "iss": settings.PORTAL_ORIGIN,
        "aud": [settings.OIDC_CLIENT_ID, "urn:source"],
        "rrn": "84651421235",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(seconds=60)).timestamp()),
    }


def test_the_next_key_and_the_last_are_published_beside_the_one_that_signs():
    now = source_tokens.read(private(KEYS[0]) + public(KEYS[1]))
    later = source_tokens.read(private(KEYS[1]) + private(KEYS[0]) + public(KEYS[1]))
    assert {each["kid"] for each in now.published} == {each["kid"] for each in later.published}
    assert [now.name, later.name] == [each["kid"] for each in now.published]
    assert all(set(each) == {"kty", "n", "e", "kid", "use", "alg"} for one in (now, later) for each in one.published)
    assert "PRIVATE" not in repr(now)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no key",
        public(KEYS[0]),
        public(KEYS[0]) + private(KEYS[1]),
        private(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        private(ec.generate_private_key(ec.SECP256R1())),
        private(KEYS[0]).replace(b"MII", b"MIJ", 1),
        private(KEYS[0]) + b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        KEYS[0].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        ),
    ],
    ids=["empty", "text", "public", "public-first", "small", "curve", "damaged", "certificate", "encrypted"],
)
def test_what_cannot_sign_is_refused(data):
    with pytest.raises(SourceTokenError, match="SOURCE_TOKEN_KEY_FILE"):
        source_tokens.read(data)


def test_a_portal_with_bodies_that_want_tokens_does_not_start_without_a_key(tmp_path):
    damaged = tmp_path / "damaged.key"
    damaged.write_bytes(b"no key")
    found = {}
    for name, file in (
        ("good", settings.SOURCE_TOKEN_KEY_FILE),
        ("none", ""),
        ("damaged", str(damaged)),
        ("gone", "x"),
    ):
        source_tokens.ours.cache_clear()
        with override_settings(SOURCE_TOKEN_KEY_FILE=file):
            found[name] = [message.id for message in run_checks() if message.id == "portal.E062"]
            with override_settings(KEYS_FILE=""):
                assert not [message for message in run_checks() if message.id == "portal.E062"], "a worker has none"
    source_tokens.ours.cache_clear()
    assert found == {"good": [], "none": ["portal.E062"], "damaged": ["portal.E062"], "gone": ["portal.E062"]}
