"""The switch that makes ID tokens wrong in one way."""

from typing import Any

import jwt
import pytest

from sandbox.provider.signing import half_hash
from sandbox.tests.conftest import NOON
from sandbox.tests.relying_party import RelyingParty


async def _redeem_tampered(portal: RelyingParty, mode: str) -> dict[str, Any]:
    async with portal.http.put("/op/tampering", json={"mode": mode}) as answer:
        assert (answer.status, await answer.json()) == (200, {"mode": mode})
    _, tokens = await portal.redeem(await portal.code())
    return tokens


def _claims_unverified(tokens: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return claims


@pytest.mark.parametrize(
    ("mode", "changed"),
    [
        ("none", {}),
        ("wrong_iss", {"iss": "http://127.0.0.1/another-issuer"}),
        ("wrong_aud", {"aud": "another-client"}),
        ("wrong_azp", {"azp": "another-client"}),
        ("expired", {"iat": int(NOON) - 7200, "exp": int(NOON) - 3600}),
        ("future_iat", {"iat": int(NOON) + 3600, "exp": int(NOON) + 7200}),
        ("wrong_nonce", {"nonce": "another-nonce"}),
        ("wrong_acr", {"acr": "urn:be:vlaanderen:authmech:password"}),
        ("no_acr", {"acr": None}),
        ("no_rrn", {"rrn": None}),
        ("wrong_group", {"vo_doelgroepcode": "EA", "vo_doelgroepnaam": "Economische actor"}),
    ],
)
async def test_only_that_claim_changes_and_the_signature_holds(portal, mode, changed):
    good = await portal.sign_in()
    claims = await portal.claims((await _redeem_tampered(portal, mode))["id_token"])
    names = (set(good) | set(claims)) - {"at_hash"}
    assert {name: claims.get(name) for name in names if claims.get(name) != good.get(name)} == changed


async def test_wrong_at_hash_belongs_to_another_token(portal):
    tokens = await _redeem_tampered(portal, "wrong_at_hash")
    assert _claims_unverified(tokens)["at_hash"] == half_hash("another token")


async def test_wrong_signature_keeps_the_key_name(portal):
    tokens = await _redeem_tampered(portal, "wrong_signature")
    with pytest.raises(jwt.InvalidSignatureError):
        await portal.claims(tokens["id_token"])


async def test_foreign_key_is_published_nowhere(portal):
    tokens = await _redeem_tampered(portal, "foreign_key")
    with pytest.raises(KeyError):
        await portal.claims(tokens["id_token"])


async def test_alg_none_has_no_signature(portal):
    tokens = await _redeem_tampered(portal, "alg_none")
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "none"
    assert tokens["id_token"].endswith(".")
    assert _claims_unverified(tokens)["iss"] == portal.issuer


@pytest.mark.parametrize("body", ["", "[]", '{"mode": "magic"}', '{"mode": "none", "more": 1}'])
async def test_unknown_mode_is_refused(portal, body):
    async with portal.http.put("/op/tampering", data=body) as answer:
        assert answer.status == 400
    async with portal.http.get("/op/tampering") as answer:
        assert await answer.json() == {"mode": "none"}
