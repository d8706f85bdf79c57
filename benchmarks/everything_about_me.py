"""How long the richest citizen waits for everything about them, and for having it all erased.

Each of three people has 1,000 notices, received as all are, and 1,000 operations in the journal (two lines each),
beside an eBox that is linked, an address and what signing in leaves. They take their copy over HTTP, to its last
byte, and it is read as a ZIP that says it is whole; then they have everything erased. The values are the medians.
"""

import asyncio
import io
import json
import os
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import django

from deploy.local.house import House, running

from .browser import SESSION, UnexpectedAnswerError, hidden_in
from .figures import Figure, median, rounded
from .mailbox_2000 import linked
from .notices import fill
from .scene import RAISED

PEOPLE = ("84651421235", "47692310692", "93681527060")
NOTICES, OPERATIONS = 1000, 1000
COPY, ERASE = "/privacy/uitvoer/", "/privacy/wissen/"
EXPORT_TARGET, FIRST_BYTE_TARGET, ERASE_TARGET = 5.0, 1.0, 1.0


class Waits(NamedTuple):
    """Seconds that one citizen waited: for the first byte of the copy, its last, and the receipt of the erasure."""

    first_byte: float
    copy: float
    erasure: float


def measure() -> tuple[Figure, Figure]:
    """Measure both. Raises UnexpectedAnswerError where a copy is not whole or nothing was erased."""
    with running(RAISED) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        waits = [_of_one(house, person) for person in PEOPLE]
    export, first = median([one.copy for one in waits]), median([one.first_byte for one in waits])
    more: dict[str, object] = {"first_byte_s": rounded(first), "first_byte_holds": first <= FIRST_BYTE_TARGET}
    return (
        Figure("export_s", export, "s", EXPORT_TARGET, more | {"each_s": [rounded(one.copy) for one in waits]}),
        Figure(
            "erase_s",
            median([one.erasure for one in waits]),
            "s",
            ERASE_TARGET,
            {"each_s": [rounded(one.erasure) for one in waits]},
        ),
    )


def _of_one(house: House, person: str) -> Waits:
    fill(house.environment, house.portal, person, NOTICES)
    cookie = asyncio.run(linked(house, person))
    asyncio.run(_used(person))
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as connection:
        first_byte, copy, made = _sent(connection, cookie, COPY, {})
        _check(made)
        _, erasure, receipt = _sent(connection, cookie, ERASE, {"akkoord": "1"})
        if "Alles is gewist" not in receipt.decode():
            raise UnexpectedAnswerError("nothing was erased")
    return Waits(first_byte, copy, erasure)


def _sent(connection: HTTPConnection, cookie: str, path: str, form: dict[str, str]) -> tuple[float, float, bytes]:
    """Open a page and send its form; gives the seconds to the first byte and the last of the body, and that body."""
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


def _check(made: bytes) -> None:
    """See that a copy is whole, with as many lines as were made."""
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        broken = opened.testzip()
        said = json.loads(opened.read("inhoud.json"))
    counted = {one["onderdeel"]: one["aantal"] for one in said["onderdelen"]}
    if broken or not said["volledig"] or counted["usage"] < OPERATIONS or counted["notifications"] < NOTICES:
        raise UnexpectedAnswerError(f"the copy is not whole: {counted}")


async def _used(person: str) -> None:
    """Write in the journal that much of a citizen's data was used, as their pages do."""
    from portal.platform.database import pool
    from portal.platform.journal import actions
    from portal.platform.journal.types import Occasion, begin, own_activity
    from portal.platform.keys import pseudonym

    activity = own_activity("benchmark", title="-", purpose="-", legal_basis="-", retention="-")
    await pool.open_pool()
    await pool.open_pool(pool.KEYS)
    try:
        citizen_id = await pseudonym.citizen_id(person)
        occasion = Occasion(citizen_id, datetime.now(UTC), str(uuid4()))
        async with pool.as_citizen(citizen_id) as conn:
            for _ in range(OPERATIONS):
                await actions.record_done(conn, begin("benchmark", (activity,), occasion))
    finally:
        await pool.close_pools()
