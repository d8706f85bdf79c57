"""What bodies say of reports: who may say it, in which order, and that only the citizen reads it."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import psycopg
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import AsyncClient

from deploy.local.machine_keys import jwk_of
from portal.features.corrections import queries
from portal.features.corrections.tests.test_delivery import NOW, put
from portal.platform.access import machine_clients, tasks
from portal.platform.access.client import ASSERTION_TYPE
from portal.platform.sweeping import clock
from tests.citizen import Citizen
from tests.desks import key_of
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

US = "http://localhost:8000"
SCOPE = "corrections:status"


def claims(body: str = "ahovoks", **changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    exp = int((now + timedelta(minutes=2)).timestamp())
    good = {"iss": body, "sub": body, "aud": US, "iat": int(now.timestamp()), "exp": exp, "jti": str(uuid4())}
    return {name: value for name, value in (good | changed).items() if value is not None}


def sign(content: dict[str, Any], key: rsa.RSAPrivateKey | None = None, **header: str) -> str:
    key = key or key_of("ahovoks")
    kid = jwk_of(key_of("ahovoks"))["kid"]
    return jwt.PyJWS().encode(json.dumps(content).encode(), key, "RS256", {"kid": kid, **header})


def sign_with_public_key(content: dict[str, Any], secret: bytes, kid: str) -> str:
    """Sign with a public key as if it were a secret; by hand, since the library will not."""
    parts = [{"alg": "HS256", "kid": kid, "typ": "JWT"}, content]
    encoded = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mac = hmac.new(secret, encoded, hashlib.sha256).digest()
    return (encoded + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


async def ask(assertion: str, **changed: str) -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": SCOPE,
    }
    return await AsyncClient().post("/machine/token", form | changed)


async def token_of(body: str) -> str:
    key = key_of(body)
    answer = await ask(sign(claims(body), key, kid=jwk_of(key)["kid"]))
    assert answer.status_code == 200, answer.content
    return answer.json()["access_token"]


async def say(token: str, reference: str, **changed: Any) -> Any:
    said = {"volgnummer": 1, "status": "in_behandeling", "tijdstip": "2026-03-03T14:00:00+01:00"} | changed
    headers = {"Authorization": f"Bearer {token}"}
    return await AsyncClient().put(
        f"/api/verbeteringen/{reference}/status", said, content_type="application/json", headers=headers
    )


@pytest_asyncio.fixture
async def reference(lies: Citizen) -> str:
    return await put(lies)


async def statuses_of(who: Citizen) -> list[tuple[int, str, str]]:
    (one,) = await queries.reports_of(who.session.citizen_id, now=datetime.now(UTC))
    return [(status.number, status.code.value, status.reason) for status in one.statuses]


async def test_body_says_what_it_does_and_the_citizen_reads_it(lies: Citizen, reference: str) -> None:
    token = await token_of("ahovoks")
    assert (await say(token, reference)).status_code == 204
    assert (await say(token, reference, volgnummer=2, status="geweigerd", reden="Het klopt.")).status_code == 204
    assert await statuses_of(lies) == [(1, "in_behandeling", ""), (2, "geweigerd", "Het klopt.")]
    (access, _) = await entries_of(lies.session.citizen_id, most=2)
    assert (access.name, access.actor.kind.value, access.actor.name) == ("status of a correction", "body", "ahovoks")


async def test_same_status_again_changes_nothing(lies: Citizen, reference: str) -> None:
    token = await token_of("ahovoks")
    assert [(await say(token, reference)).status_code for _ in range(3)] == [204, 204, 204]
    assert await statuses_of(lies) == [(1, "in_behandeling", "")]
    (latest, one_before) = await entries_of(lies.session.citizen_id, most=2)
    assert (latest.name, one_before.name) == ("status of a correction", "report wrong data")


async def test_number_with_other_words_is_a_conflict(lies: Citizen, reference: str) -> None:
    token = await token_of("ahovoks")
    await say(token, reference)
    answer = await say(token, reference, status="verbeterd")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem-type:burgerprofiel:conflict")
    assert await statuses_of(lies) == [(1, "in_behandeling", "")]


async def test_late_news_does_not_go_back(lies: Citizen, reference: str) -> None:
    token = await token_of("ahovoks")
    await say(token, reference, volgnummer=5, status="verbeterd")
    await say(token, reference, volgnummer=2, status="in_behandeling")
    (one,) = await queries.reports_of(lies.session.citizen_id, now=datetime.now(UTC))
    assert one.current.code.value == "verbeterd"
    assert [status.number for status in one.statuses] == [2, 5]


async def test_another_bodys_report_is_as_unknown_as_none(lies: Citizen, reference: str) -> None:
    token = await token_of("inburgering")
    of_other = await say(token, reference)
    of_none = await say(token, "VB-22222-22222-22222")
    of_nonsense = await say(token, "x'%20or%201=1")
    answers = (of_other, of_none, of_nonsense)
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert await statuses_of(lies) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"volgnummer": -1},
        {"volgnummer": 2**53},
        {"volgnummer": "1"},
        {"status": "klaar"},
        {"tijdstip": "2026-03-03T14:00:00"},
        {"tijdstip": "gisteren"},
        {"tijdstip": "0001-01-01T00:00:00+14:00"},
        {"tijdstip": "9999-12-31T23:59:59Z"},
        {"tijdstip": "2026-03-02T13:02:59Z"},
        {"reden": "x" * 2001},
        {"status": "geweigerd"},
        {"meer": 1},
    ],
)
async def test_status_that_is_none_is_a_problem(lies: Citizen, reference: str, changed: dict[str, Any]) -> None:
    answer = await say(await token_of("ahovoks"), reference, **changed)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert await statuses_of(lies) == []


async def test_status_in_which_a_name_stands_twice_is_refused(lies: Citizen, reference: str) -> None:
    headers = {"Authorization": f"Bearer {await token_of('ahovoks')}"}
    said = b'{"volgnummer": 1, "volgnummer": 2, "status": "in_behandeling", "tijdstip": "2026-03-03T14:00:00+01:00"}'
    answer = await AsyncClient().put(
        f"/api/verbeteringen/{reference}/status", said, content_type="application/json", headers=headers
    )
    assert (answer.status_code, "twice" in answer.json()["detail"]) == (400, True)
    assert await statuses_of(lies) == []


async def test_moment_of_a_status_lies_between_the_report_and_now_but_for_a_day(
    lies: Citizen, reference: str
) -> None:
    token, now = await token_of("ahovoks"), datetime.now(UTC)
    moments = [now + timedelta(hours=23), now + timedelta(hours=25), NOW - timedelta(days=1)]
    answers = [
        (await say(token, reference, volgnummer=number, tijdstip=moment.isoformat())).status_code
        for number, moment in enumerate(moments)
    ]
    assert answers == [204, 400, 204]
    page = await lies.gets(f"/verbeteren/melding/{reference}/")
    assert page.status_code == 200


async def test_fifty_statuses_a_report_and_no_more(lies: Citizen, reference: str) -> None:
    token = await token_of("ahovoks")
    assert {(await say(token, reference, volgnummer=number)).status_code for number in range(50)} == {204}
    answer = await say(token, reference, volgnummer=50)
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:problem-type:burgerprofiel:tooManyRequests")
    assert (await say(token, reference, volgnummer=49)).status_code == 204
    assert len(await statuses_of(lies)) == 50


async def test_status_of_ten_megabytes_is_refused(lies: Citizen, reference: str) -> None:
    answer = await say(await token_of("ahovoks"), reference, reden="x" * 10_000_000)
    assert answer.status_code in (400, 413)
    assert await statuses_of(lies) == []


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer " + "x" * 5000])
async def test_without_a_good_token_nothing_is_said(lies: Citizen, reference: str, authorization: str) -> None:
    said = {"volgnummer": 1, "status": "verbeterd", "tijdstip": "2026-03-03T14:00:00Z"}
    answer = await AsyncClient().put(
        f"/api/verbeteringen/{reference}/status",
        said,
        content_type="application/json",
        headers={"Authorization": authorization},
    )
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert await statuses_of(lies) == []


async def test_session_of_a_citizen_is_no_machine(lies: Citizen, reference: str) -> None:
    said = {"volgnummer": 1, "status": "verbeterd", "tijdstip": "2026-03-03T14:00:00Z"}
    answer = await lies.client.put(f"/api/verbeteringen/{reference}/status", said, content_type="application/json")
    assert answer.status_code == 401


async def test_assertion_is_good_once_also_at_the_same_moment(lies: Citizen) -> None:
    assertion = sign(claims())
    answers = [await ask(assertion), await ask(assertion)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[1].json()["error"] == "invalid_client"


@pytest.mark.parametrize("by", ["worker", "portal"])
async def test_assertion_is_good_once_also_where_another_machine_is_ahead(lies: Citizen, as_worker, by: str) -> None:
    """Its mark was deleted by the clock of whoever tidied, while it was still good by that of who was asked."""
    now = datetime.now(UTC)
    ahead = now + clock.APART - timedelta(seconds=5)
    assertion = sign(claims(exp=int(now.timestamp()) - 30))
    assert (await ask(assertion)).status_code == 200
    if by == "worker":
        async with as_worker():
            await tasks.sweep(timestamp=int(ahead.timestamp()))
    else:
        other = sign(claims(exp=int(ahead.timestamp()) + 60))
        form = {"grant_type": machine_clients.GRANT, "client_assertion_type": ASSERTION_TYPE, "scope": SCOPE}
        await machine_clients.grant(form | {"client_assertion": other}, now=ahead)
    assert (await ask(assertion)).status_code == 401


async def test_token_lives_five_minutes(lies: Citizen) -> None:
    answer = await ask(sign(claims()))
    assert (answer.json()["expires_in"], answer.json()["token_type"], answer["Cache-Control"]) == (
        300,
        "Bearer",
        "no-store",
    )
    token, now = answer.json()["access_token"], datetime.now(UTC)
    assert (await machine_clients.holder_of(token, now=now)).client == "ahovoks"
    assert await machine_clients.holder_of(token, now=now + timedelta(seconds=301)) is None


async def test_token_that_was_found_is_looked_up_again_soon(
    lies: Citizen, past_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_clients, "KNOWN_SECONDS", 0.3)
    token, now = await token_of("ahovoks"), datetime.now(UTC)
    assert await machine_clients.holder_of(token, now=now)
    past_walls.execute("delete from access_machine_token")
    assert await machine_clients.holder_of(token, now=now), "it is known for a moment"
    assert await machine_clients.holder_of(token, now=now + timedelta(seconds=301)) is None, (
        "but no longer than it lives"
    )
    await asyncio.sleep(0.4)
    assert await machine_clients.holder_of(token, now=now) is None


async def test_token_that_was_not_found_is_not_remembered(lies: Citizen, past_walls: psycopg.Connection) -> None:
    token, now = await token_of("ahovoks"), datetime.now(UTC)
    row = past_walls.execute("delete from access_machine_token returning hash, client, scopes, until").fetchone()
    assert await machine_clients.holder_of(token, now=now) is None
    past_walls.execute(machine_clients.KEEP, row)
    assert await machine_clients.holder_of(token, now=now)


async def test_tables_hold_no_token_and_no_assertion(lies: Citizen, past_walls: psycopg.Connection) -> None:
    token = await token_of("ahovoks")
    text = str(past_walls.execute("select t::text from access_machine_token t").fetchall())
    assert token not in text
    assert token.encode().hex() not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": [US, "https://elsewhere.example"]},
        {"aud": None},
        {"exp": 1},
        {"exp": 10**11},
        {"exp": 10**400},
        {"exp": True},
        {"exp": "soon"},
        {"exp": None},
        {"nbf": 10**11},
        {"iat": 10**11},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 201},
        {"jti": "\ud800"},
        {"jti": "\u00e9"},
        {"iss": "inburgering"},
        {"sub": "inburgering"},
        {"iss": "nobody", "sub": "nobody"},
        {"iss": ["ahovoks"]},
    ],
)
async def test_assertion_that_is_wrong_in_one_thing_is_refused(lies: Citizen, changed: dict[str, Any]) -> None:
    answer = await ask(sign(claims(**changed)))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_assertion_of_another_key_or_algorithm_is_refused(lies: Citizen) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key_of("ahovoks").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    kid = jwk_of(key_of("ahovoks"))["kid"]
    forged = [
        sign(claims(), stranger),
        sign(claims(), kid="unknown"),
        sign_with_public_key(claims(), public, kid),
        jwt.encode(claims(), None, "none", {"kid": kid}),
        sign(claims())[:-3],
        "a.b.c",
        "x" * 9000,
        "",
    ]
    assert {(await ask(assertion)).status_code for assertion in forged} == {401}


async def test_what_is_asked_must_be_what_is_given(lies: Citizen) -> None:
    said = [
        (await ask(sign(claims()), scope="")).json()["error"],
        (await ask(sign(claims()), scope=f"{SCOPE} more")).json()["error"],
        (await ask(sign(claims()), grant_type="password")).json()["error"],
        (await ask(sign(claims()), client_id="inburgering")).json()["error"],
        (await ask(sign(claims()), client_assertion_type="")).json()["error"],
    ]
    assert said == [
        "invalid_scope",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_client",
        "invalid_client",
    ]


@pytest.mark.parametrize(
    ("name", "seconds", "status", "noted"),
    [
        ("iat", 55, 200, 55),
        ("iat", 70, 401, 70),
        ("iat", -20, 200, -20),
        ("nbf", 55, 200, None),
        ("nbf", 70, 401, None),
        ("exp", -50, 200, None),
        ("exp", -61, 401, None),
        ("exp", 355, 200, None),
        ("exp", 370, 401, None),
    ],
)
async def test_clock_of_a_body_may_be_a_minute_off(
    lies: Citizen, caplog: pytest.LogCaptureFixture, name: str, seconds: int, status: int, noted: int | None
) -> None:
    answer = await ask(sign(claims(**{name: int(datetime.now(UTC).timestamp()) + seconds})))
    assert answer.status_code == status
    said = [record.args for record in caplog.records if "the clock of" in str(record.msg)]
    assert [(whose, abs(off - noted) < 5) for whose, off in said] == (
        [] if noted is None else [("machine client ahovoks", True)]
    )


async def test_assertion_that_a_late_clock_keeps_good_is_good_once_all_the_same(lies: Citizen) -> None:
    assertion = sign(claims(exp=int(datetime.now(UTC).timestamp()) - 30))
    assert [(await ask(assertion)).status_code for _ in range(2)] == [200, 401]
