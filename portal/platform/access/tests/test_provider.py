"""What is kept of the provider, how it is asked, and what it may answer."""

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from portal.platform.access.errors import IssuerMismatch, ProviderSlow, ProviderUnavailable, UnknownSigningKey
from portal.platform.access.provider import Provider, read_keys, read_metadata

ISSUER = "https://provider.example/op"
DISCOVERY = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/v1/auth",
    "token_endpoint": f"{ISSUER}/v1/token",
    "userinfo_endpoint": f"{ISSUER}/v1/userinfo",
    "jwks_uri": f"{ISSUER}/v1/keys",
    "end_session_endpoint": f"{ISSUER}/v1/logout",
    "more": ["than", "we", "use"],
}


def jwk_of(key: rsa.RSAPrivateKey, kid: object, **changes: object) -> dict[str, Any]:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwk | {"kid": kid, "use": "sig", "alg": "RS256"} | changes


class Town:
    """A provider in this process: what it answers, and how often it was asked."""

    def __init__(self, keys: list[dict[str, Any]]) -> None:
        self.keys = keys
        self.asked: list[str] = []
        self.trouble: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def answer(self, _method: str, url: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(url.removeprefix(ISSUER))
        await self.gate.wait()
        if self.trouble:
            raise self.trouble
        return (200, {"keys": self.keys}) if url.endswith("/keys") else (200, DISCOVERY)


@pytest.fixture
def town(key):
    return Town([jwk_of(key, "k1")])


@pytest.fixture
def provider(town):
    return Provider(ISSUER, ask=town.answer)


async def test_metadata_is_asked_once_an_hour(provider, town, now):
    for minute in (0, 30, 59):
        await provider.metadata(now=now + timedelta(minutes=minute))
    assert len(town.asked) == 1
    await provider.metadata(now=now + timedelta(minutes=60))
    assert len(town.asked) == 2


async def test_metadata_kept_for_no_time_finds_out_that_the_provider_is_gone(provider, town, now):
    await provider.metadata(now=now)
    town.trouble = ProviderSlow()
    with pytest.raises(ProviderSlow):
        await provider.metadata(now=now, kept=timedelta(0))
    town.trouble = None
    await provider.metadata(now=now, kept=timedelta(0))


async def test_metadata_is_one_question_for_all_who_wait(provider, town, now):
    town.gate.clear()
    waiting = [asyncio.create_task(provider.metadata(now=now)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    town.gate.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["CancelledError"] + ["Metadata"] * 19
    assert len(town.asked) == 1


async def test_key_is_found_and_kept(provider, town, now, key):
    for _ in range(3):
        assert (await provider.key("k1", now=now)).public_numbers() == key.public_key().public_numbers()
    assert town.asked.count("/v1/keys") == 1


async def test_key_that_is_new_is_fetched_but_not_all_the_time(provider, town, now, foreign_key):
    await provider.key("k1", now=now)
    for second in range(29):
        with pytest.raises(UnknownSigningKey):
            await provider.key("k2", now=now + timedelta(seconds=second))
    assert town.asked.count("/v1/keys") == 1
    town.keys.append(jwk_of(foreign_key, "k2"))
    await provider.key("k2", now=now + timedelta(seconds=30))
    assert town.asked.count("/v1/keys") == 2


async def test_key_that_is_withdrawn_is_gone_within_the_hour(provider, town, now):
    await provider.key("k1", now=now)
    town.keys.clear()
    with pytest.raises(UnknownSigningKey):
        await provider.key("k1", now=now + timedelta(hours=1))


async def test_clock_that_was_set_back_makes_nothing_young(provider, town, now, foreign_key):
    await provider.key("k1", now=now)
    town.keys[:] = [jwk_of(foreign_key, "k2")]
    hours_ago = now - timedelta(hours=5)
    await provider.key("k2", now=hours_ago)
    with pytest.raises(UnknownSigningKey):
        await provider.key("k1", now=hours_ago)
    town.trouble = ProviderUnavailable("gone")
    with pytest.raises(ProviderUnavailable):
        await provider.metadata(now=hours_ago - timedelta(hours=5), kept=timedelta(0))


def test_read_keys_leaves_out_what_may_not_sign(key):
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    curve = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
    private = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    listed = [
        jwk_of(key, "good"),
        jwk_of(key, "encrypts", use="enc"),
        jwk_of(key, 7),
        jwk_of(small, "small"),
        {**curve, "kid": "curve"},
        {**private, "kid": "private"},
        {"kty": "oct", "k": "AAAA", "kid": "shared"},
        {"kty": "RSA", "kid": "empty"},
        {"kty": "RSA", "kid": "odd", "n": 7, "e": None},
        jwk_of(key, "even", e="AAAA"),
        jwk_of(key, "huge", n="f" * 5000),
        "text",
        None,
    ]
    assert list(read_keys({"keys": listed})) == ["good"]


@pytest.mark.parametrize("answer", [{}, {"keys": None}, {"keys": {"k1": {}}}, {"keys": []}])
def test_read_keys_of_no_list_is_empty(answer):
    assert read_keys(answer) == {}


def test_read_metadata_refuses_another_issuer():
    with pytest.raises(IssuerMismatch):
        read_metadata({**DISCOVERY, "issuer": "https://evil.example/op"}, ISSUER)


@pytest.mark.parametrize(
    "change",
    [
        {"token_endpoint": None},
        {"token_endpoint": 7},
        {"token_endpoint": "http://provider.example/op/v1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "/op/v1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": ""},
        {"token_endpoint": "https://[provider.example/token"},
        {"token_endpoint": "https://provider\u2100.example/token"},
        {"token_endpoint": "https://provider.example:port/token"},
        {"authorization_endpoint": "https://provider.example/\r\nauth"},
        {"authorization_endpoint": "https://provider.example/" + "a" * 20_000},
    ],
)
def test_read_metadata_refuses_an_endpoint_we_may_not_use(change):
    with pytest.raises(ProviderUnavailable):
        read_metadata({**DISCOVERY, **change}, ISSUER)


def test_read_metadata_needs_every_endpoint():
    for name in DISCOVERY.keys() - {"more"}:
        with pytest.raises(ProviderUnavailable):
            read_metadata({key: value for key, value in DISCOVERY.items() if key != name}, ISSUER)
