"""How long the richest citizen waits for everything about them, and for having it all erased.

Each of three people has 1,000 notices, received as all are, and 1,000 operations in the journal (two lines each),
beside an eBox that is linked, an address and what signing in leaves. They take their copy over HTTP, to its last
byte, and it is read as a ZIP that says it is whole; then they have everything erased. The values are the medians.

Measured apart from these values: one of the people comes back, fills an archive of copies, and has that erased too.
"""

import asyncio
import io
import json
import os
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import django

from deploy.local.house import House, running_house

from .browser import SESSION, UnexpectedAnswerError, hidden_in
from .figures import Figure, median, round_off
from .mailbox_2000 import link
from .notices import fill
from .scene import RAISED

PEOPLE = ("84651421235", "47692310692", "93681527060")
NOTICES, OPERATIONS = 1000, 1000
ONE_COPY = 45 * 1024 * 1024  # bytes of a copy; four copies fit in an archive
COPY, ERASE = "/privacy/uitvoer/", "/privacy/wissen/"
EXPORT_TARGET, FIRST_BYTE_TARGET, ERASE_TARGET = 5.0, 1.0, 1.0


class Waits(NamedTuple):
    """Seconds that one citizen waited: for the first byte of the copy, its last, and the receipt of the erasure."""

    first_byte: float
    copy: float
    erasure: float


def measure() -> tuple[Figure, Figure]:
    """Measure export and erasure. Raises UnexpectedAnswerError where a copy is not whole or nothing was erased."""
    with running_house(RAISED) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        waits = [_measure_person(house, person) for person in PEOPLE]
        with_archive, megabytes = _with_archive(house, PEOPLE[0])
    export, first = median([wait.copy for wait in waits]), median([wait.first_byte for wait in waits])
    more: dict[str, object] = {"first_byte_s": round_off(first), "first_byte_holds": first <= FIRST_BYTE_TARGET}
    return (
        Figure("export_s", export, "s", EXPORT_TARGET, more | {"each_s": [round_off(wait.copy) for wait in waits]}),
        Figure(
            "erase_s",
            median([wait.erasure for wait in waits]),
            "s",
            ERASE_TARGET,
            {
                "each_s": [round_off(wait.erasure) for wait in waits],
                "with_archive_s": round_off(with_archive),
                "archive_mb": megabytes,
            },
        ),
    )


def _measure_person(house: House, person: str) -> Waits:
    fill(house.environment, house.portal, person, NOTICES)
    cookie = asyncio.run(link(house, person))
    asyncio.run(_use(person))
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as connection:
        first_byte, copy, archive = _send(connection, cookie, COPY, {})
        _check(archive)
        erasure = _erase(connection, cookie)
    return Waits(first_byte, copy, erasure)


def _with_archive(house: House, person: str) -> tuple[float, int]:
    """Give the seconds to erase somebody with a full archive, and its megabytes."""
    cookie = asyncio.run(link(house, person))
    megabytes = asyncio.run(_archive(person))
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as connection:
        return _erase(connection, cookie), megabytes


def _erase(connection: HTTPConnection, cookie: str) -> float:
    _, erasure, receipt = _send(connection, cookie, ERASE, {"akkoord": "1"})
    if "Alles is gewist" not in receipt.decode():
        raise UnexpectedAnswerError("nothing was erased")
    return erasure


def _send(connection: HTTPConnection, cookie: str, path: str, form: dict[str, str]) -> tuple[float, float, bytes]:
    """Open a page and send its form; give the seconds to the first and the last byte of the body, and the body."""
    headers = {"Cookie": f"{SESSION}={cookie}", "Sec-Fetch-Site": "same-origin"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    hidden = hidden_in(answer.read().decode())
    if answer.status != 200:
        raise UnexpectedAnswerError(f"{path} is answered with {answer.status}")
    kept = {name: hidden[name] for name in ("form_token", "form_key")}
    body = urlencode({**kept, **form})
    began = time.perf_counter()
    connection.request("POST", path, body, headers | {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    start = answer.read(1)
    first = time.perf_counter() - began
    whole = start + answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise UnexpectedAnswerError(f"the form of {path} is answered with {answer.status}")
    return first, took, whole


def _check(archive: bytes) -> None:
    """Raise UnexpectedAnswerError unless a copy is whole, with all notices and operations."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        broken = opened.testzip()
        contents = json.loads(opened.read("inhoud.json"))
    counts = {part["onderdeel"]: part["aantal"] for part in contents["onderdelen"]}
    if broken or not contents["volledig"] or counts["usage"] < OPERATIONS or counts["notifications"] < NOTICES:
        raise UnexpectedAnswerError(f"the copy is not whole: {counts}")


async def _use(person: str) -> None:
    """Write OPERATIONS in the journal of a citizen, as their pages do."""
    from portal.platform.database import pool
    from portal.platform.journal import actions
    from portal.platform.journal.types import begin, own_activity

    activity = own_activity("benchmark", title="-", purpose="-", legal_basis="-", retention="-")
    async with _occasion_of(person) as occasion, pool.as_citizen(occasion.citizen_id) as conn:
        for _ in range(OPERATIONS):
            await actions.record_done(conn, begin("benchmark", (activity,), occasion))


async def _archive(person: str) -> int:
    """Fill somebody's archive with copies until no more fits; give its megabytes."""
    from portal.features.mailbox.tests.copying import fill_archive

    async with _occasion_of(person) as occasion:
        return await fill_archive(occasion, os.urandom(ONE_COPY))


@asynccontextmanager
async def _occasion_of(person: str) -> AsyncIterator[Any]:
    """Open both databases, and give the occasion of a request of somebody."""
    from portal.platform.database import pool
    from portal.platform.journal.types import Occasion
    from portal.platform.keys import pseudonym

    await pool.open_pool()
    await pool.open_pool(pool.KEYS)
    try:
        yield Occasion(await pseudonym.citizen_id(person), datetime.now(UTC), str(uuid4()))
    finally:
        await pool.close_pools()
