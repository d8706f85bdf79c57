"""Notices while something is wrong: a neighbour, the database, the keys, the size; and what nobody may tell."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from portal.config import uploads
from portal.features.notifications import actions, queries
from portal.features.notifications.bundles import LARGEST
from portal.features.notifications.tests.notifying import ADDRESS, bundle, notify, token_of
from portal.platform.access import machine_clients
from portal.platform.database import pool
from portal.platform.keys import arrivals, citizens, key_file, pseudonym
from tests.between import Between

pytestmark = pytest.mark.security

LIES, OTHER, THIRD = "84651421235", "71690999827", "66643025104"
MINOR, DEAD, STRANGER = "16622024650", "38621716473", "47692310692"
SHORT, LONG = 0.7, 60  # seconds that the pools wait, the first of a clock that stands still while anybody works


async def known(insz: str) -> Any:
    citizen_id = await pseudonym.citizen_id(insz)
    await citizens.ensure(citizen_id)
    return citizen_id


async def test_bundle_that_cannot_be_sealed_fails_alone(past_key_walls: psycopg.Connection, past_walls):
    broken = await known(OTHER)
    theirs = X25519PrivateKey.generate().public_key().public_bytes_raw()
    put = "update keys_citizen set public_key = %s where citizen_id = %s"
    past_key_walls.execute(put, (theirs + bytes(32), broken))
    try:
        await token_of()
        people = (LIES, OTHER, THIRD, LIES, OTHER, THIRD)
        answers = await asyncio.gather(*(notify(bundle(each)) for each in people))
        assert [answer.status_code for answer in answers] == [200, 503, 200] * 2
        assert past_walls.execute("select count(*) from notifications_bundle").fetchone() == (4,)
        assert past_walls.execute("select count(*) from notifications_notice").fetchone() == (4,)
    finally:
        past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (broken,))
    # The same bundles again, once it is mended.
    assert (await notify(bundle(OTHER))).status_code == 200


async def test_nobody_is_known_by_how_often_the_database_is_asked(between: Between, past_key_walls, monkeypatch):
    """Somebody with keys, somebody erased, and a stranger, a child and a dead person who never came."""
    monkeypatch.setattr(machine_clients, "KNOWN_SECONDS", 0)
    await between.open_pools(LONG, most=1)
    await known(LIES)
    await citizens.erase(await known(OTHER))
    for insz in (STRANGER, MINOR, DEAD):
        past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (await pseudonym.citizen_id(insz),))
    # The first ones have the statements prepared.
    for _ in range(6):
        assert (await notify(bundle(LIES))).status_code == 200
    counts = {}
    for insz in (LIES, OTHER, STRANGER, MINOR, DEAD):
        trips, messages = between.trips, len(between.seen)
        answer = await notify(bundle(insz))
        counts[insz] = (between.trips - trips, len(between.seen) - messages, answer.status_code, len(answer.content))
    # The token, the letterboxes, and the bundle.
    assert set(counts.values()) == {(3, 3, 200, 65)}, counts


@pytest.mark.parametrize("trouble", ["hold", "cut"])
async def test_database_that_is_away_is_said_as_a_problem(between_clocked: Between, trouble):
    await between_clocked.open_pools(SHORT)
    token = await token_of()
    if (done := getattr(between_clocked, trouble)()) is not None:
        await done
    answer = await notify(bundle(LIES), token=token)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["type"] == "urn:problem-type:burgerprofiel:unavailable"
    assert int(answer["Retry-After"]) > 0


async def test_database_that_goes_away_after_the_token_keeps_nothing(between_clocked: Between, past_walls):
    await between_clocked.open_pools(SHORT)
    token = await token_of()
    between_clocked.hold_when(lambda data: b"keys_letterboxes" in data or b"notifications_receive" in data)
    sent = bundle(LIES)
    answer = await notify(sent, token=token)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem-type:burgerprofiel:unavailable")
    between_clocked.let_go()
    await asyncio.wait_for(asyncio.gather(pool.wait_for_answer(), pool.wait_for_answer(pool.KEYS)), 60)
    assert past_walls.execute("select count(*) from notifications_bundle").fetchone() == (0,)
    assert (await notify(sent, token=token)).status_code == 200


async def test_new_master_key_leaves_what_waits_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    citizen = await pseudonym.citizen_id(STRANGER)
    await citizens.erase(citizen)
    await citizens.come_back(citizen)
    assert (await notify(bundle(STRANGER))).status_code == 200
    rotated = tmp_path / "portal.json"
    shutil.copy(settings.KEYS_FILE, rotated)
    key_file.rotate((rotated,), "arrival")
    with monkeypatch.context() as patched:
        patched.setattr(settings, "KEYS_FILE", str(rotated))
        assert (await arrivals.rewrap()).done > 0
        assert (await notify(bundle(STRANGER, TransactieId="na de nieuwe sleutel"))).status_code == 200
        kept = [record.value for record in await queries.export(citizen) if record.kind == "notice"]
        numbers = [value["notice"]["number"] for value in kept]
        assert numbers == ["2026-77"] * 2
        assert await actions.take_in(citizen) == 2
        kept = [record.value for record in await queries.export(citizen) if record.kind == "notice"]
        numbers = [value["notice"]["number"] for value in kept]
        assert numbers == ["2026-77"] * 2
        async with pool.transaction(pool.KEYS) as conn:
            rows = await (await conn.execute(arrivals.EVERY)).fetchall()
        opened = [(pair, await arrivals._private(pair, wrapped)) for pair, wrapped in rows]
    # The database goes on with the key file of the other tests.
    for pair, private in opened:
        async with pool.transaction(pool.KEYS) as conn:
            wrapped = await arrivals.service.installed().wrap("arrival", private, arrivals._context(pair))
            await conn.execute(arrivals.REWRAP, (wrapped, pair))


async def test_bundle_of_ten_megabytes_is_refused_as_a_problem_and_not_kept_in_memory():
    pieces, answer = 160, []

    async def reaches_the_view(scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        raise AssertionError("the view was reached")

    for declared in (True, False):
        left = pieces
        answer.clear()

        async def receive() -> dict[str, Any]:
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": b"x" * 65536, "more_body": left > 0}

        async def send(message: dict[str, Any]) -> None:
            answer.append(message)

        headers = [(b"content-type", b"application/json")]
        if declared:
            headers.append((b"content-length", str(pieces * 65536).encode()))
        scope = {
            "type": "http",
            "method": "POST",
            "path": ADDRESS,
            "headers": headers,
            "client": ("192.0.2.1", 40000),
        }
        await uploads.within_limits(reaches_the_view, scope, receive, send)
        said = dict(answer[0]["headers"])
        problem = json.loads(answer[1]["body"])
        assert (answer[0]["status"], said[b"content-type"]) == (413, b"application/problem+json")
        assert problem["type"] == "urn:problem-type:burgerprofiel:payloadTooLarge"
    assert pieces * 65536 > 10_000_000 > LARGEST
