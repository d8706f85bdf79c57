"""What kind of device a browser says it is, and which kinds a citizen used before."""

from datetime import date
from uuid import uuid4

import pytest

from portal.platform.access import device, devices
from portal.platform.database import pool

MOZILLA = "Mozilla/5.0"


async def is_new(citizen, kind, on):
    async with pool.as_citizen(citizen) as conn:
        return await devices.is_new(conn, citizen, kind, on=on)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox op Windows"),
        (f"{MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome op Linux"),
        (f"{MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140.0", "Edge op Windows"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604", "Safari op iPhone"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Mobile Safari/604", "Chrome op iPhone"),
        (f"{MOZILLA} (Linux; Android 15) SamsungBrowser/28.0 Chrome/130 Mobile", "Samsung Internet op Android"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari op Mac"),
        ("curl/8.0 (Windows)", "Windows"),
        ("", "onbekend toestel"),
        ("<script>" * 1000, "onbekend toestel"),
    ],
)
def test_kind_is_named_in_words_people_use(says, kind):
    assert device.kind_of(says) == kind


@pytest.mark.usefixtures("database")
async def test_only_a_kind_beside_others_is_new():
    citizen, other = uuid4(), uuid4()
    day = date(2026, 3, 2)
    seen = [await is_new(citizen, kind, on=day) for kind in ("a", "a", "b", "b", "c")]
    assert seen == [False, False, True, False, True]
    assert await is_new(other, "b", on=day) is False


async def test_what_was_not_used_for_long_is_forgotten(database, as_worker):
    citizen = uuid4()
    await is_new(citizen, "a", on=date(2025, 1, 1))
    await is_new(citizen, "b", on=date(2026, 3, 1))
    async with as_worker():
        assert await devices.expire(date(2026, 1, 1)) >= 1
    assert await is_new(citizen, "a", on=date(2026, 3, 2)) is True


async def test_table_names_no_device(database, past_walls):
    citizen = uuid4()
    await is_new(citizen, "Firefox op Windows", on=date(2026, 3, 2))
    rows = past_walls.execute("select kind from access_device where citizen_id = %s", (citizen,)).fetchall()
    assert [(len(kind), b"Firefox" in kind) for (kind,) in rows] == [(16, False)]
    async with pool.as_citizen(uuid4()) as conn:
        assert await (await conn.execute("select * from access_device")).fetchall() == []
