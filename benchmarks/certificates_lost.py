"""Whether a certificate is lost while many ask, their authority is killed, and strangers keep the check page busy.

Twenty askers, some of whom are the same person in the same session, as in two windows, ask for fifty certificates
each, one after another, as their pages let them: whoever reads that a certificate cannot be had now asks again a
moment later, five times in all at most. Meanwhile the town, which makes and seals them, is killed twice (SIGKILL) and
started again after three seconds, and fifty strangers have the worst harmless file checked at `/controle/`. Somebody
without a session asks for the way to sign in all the while; before, they did so while nobody else was there
(`bystanders`).

Lost: at the last try neither handed over nor refused with a reason. Undelivered: not handed over at any of five
tries, the lost ones included.
"""

import asyncio
import datetime as dt
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

from deploy.local.environment import for_town
from deploy.local.house import PATIENCE, ROOT, House, running_house
from deploy.local.processes import Child, answers_http, spawn, stop_all
from sandbox.seals import authority, paper, sealing

from . import browser
from .browser import SESSION, UnexpectedAnswerError
from .certificate_first_byte import PAGE, form_of, page_s
from .figures import Figure, median, round_off
from .scene import RAISED
from .stage import until

PEOPLE, EACH = 20, 50
STRANGERS = 50
TRIES, PAUSE_S = 5, 2.0
KILLS, DOWN_S = (0.3, 0.6), 3.0  # after which part of all that is asked; for how long
IDLE, WARM_UP = 100, 20
MOST_UNDELIVERED = 10  # of a thousand
PEOPLE_KNOWN = ROOT / "agencies/rijksregister/samples/Persoon/GeefPersoon/02.02.0000"
LINES = 400  # of the harmless file, which has as many pages as it may

_GIVEN = re.compile(rb'name="zegel" value="[^"]')
_WHY = re.compile(rb'data-why="(\w+)"')


class _Asker(NamedTuple):
    """Somebody signed in: their session, and the form by which they ask."""

    cookie: str
    form: Mapping[str, str]


@dataclass
class _Progress:
    """How many certificates came to which end so far: `given`, or the reason why not."""

    ends: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    @property
    def ended(self) -> int:
        """Count those that came to an end."""
        return self.ends.total()


def measure() -> tuple[Figure, Figure, Figure]:
    """Run it all; give how many were lost, how many not delivered, and how much slower signing in was."""
    # The strangers come from networks of their own (X-Forwarded-For); the breaker, which would answer instead of the
    # town, never opens.
    more = {"FORWARDED_ALLOW_IPS": "127.0.0.1", "SOURCES_BREAKER_CALLS": "1000000"}
    with running_house({**RAISED, **more}) as house:
        return asyncio.run(_measure(house, _people(house)))


def _people(house: House) -> list[_Asker]:
    """Sign in people of the register's samples who can ask for this certificate.

    Give PEOPLE askers, some of them twice where fewer people can ask.
    """
    askers: list[_Asker] = []
    for person in sorted(file.stem for file in PEOPLE_KNOWN.glob("[0-9]*.xml")):
        with suppress(UnexpectedAnswerError, OSError):
            cookie = browser.sign_in(house.portal, person)
            form = form_of(house, cookie)
            page_s(house, cookie, form)
            askers.append(_Asker(cookie, form))
        if len(askers) == PEOPLE:
            break
    return list(islice(cycle(askers), PEOPLE))


async def _measure(house: House, people: Sequence[_Asker]) -> tuple[Figure, Figure, Figure]:
    harmless = house.log.with_name("harmless.pdf")
    harmless.write_bytes(await asyncio.to_thread(_harmless))
    idle = (await asyncio.to_thread(_bystanders("signing", house.portal, str(WARM_UP + IDLE))))[WARM_UP:]
    progress = _Progress()
    signing = _bystanders("signing", house.portal, "0")
    strangers = _bystanders("strangers", house.portal, str(STRANGERS), str(harmless))
    started = time.monotonic()
    towns: list[Child] = []
    killing = asyncio.create_task(_kills(house, progress, towns))
    try:
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:
            await asyncio.gather(*(_person(http, house, asker, progress) for asker in people))
        seconds = time.monotonic() - started
    finally:
        progress.is_over = True
        # Whichever of them fails, the others end too, and no town is left.
        ends = [asyncio.to_thread(signing), asyncio.to_thread(strangers), killing]
        ended: Sequence[Any] = await asyncio.gather(*ends, return_exceptions=True)
        await asyncio.to_thread(stop_all, towns)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    signed, checks, _ = ended
    wanted = PEOPLE * EACH
    delivered = progress.ends.pop("given", 0)
    lost = wanted - delivered - progress.ends.total()
    more: dict[str, object] = {
        "asked": wanted,
        "delivered": delivered,
        "not": dict(progress.ends),
        "s": round_off(seconds),
    }
    more |= {"kills": len(towns), "checks": checks}
    more["people"] = len({asker.cookie for asker in people})
    times: dict[str, object] = {
        "idle_ms": round_off(median(idle)),
        "busy_ms": round_off(median(signed)),
        "samples": len(signed),
    }
    return (
        Figure("certificates_1000_lost", lost, "certificates", 0, more),
        Figure(
            "certificates_1000_undelivered", 1000 * (wanted - delivered) / wanted, "per 1,000", MOST_UNDELIVERED, {}
        ),
        Figure("certificates_1000_signin_ratio", median(signed) / median(idle), "ratio", 3, times),
    )


def _bystanders(*arguments: str) -> Callable[[], Any]:
    """Start a process of bystanders; give a function that ends it and returns what it printed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bystanders", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def end() -> Any:
        with child:
            printed, _ = child.communicate()
        if child.returncode:
            raise UnexpectedAnswerError(f"the bystanders ({arguments[0]}) broke off")
        return json.loads(printed)

    return end


def _harmless() -> bytes:
    """Make a long document with tags and the good seal of an authority that nobody here knows."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    town = authority.make(authority.new_root(now), now)
    facts = tuple((f"Regel {number}", "Lies Verhaegen woont in de Kersenlaar") for number in range(LINES))
    return asyncio.run(sealing.seal(paper.attest("Attest van woonst", facts, now), town, now))


async def _person(http: aiohttp.ClientSession, house: House, asker: _Asker, progress: _Progress) -> None:
    headers = {"Cookie": f"{SESSION}={asker.cookie}", "Sec-Fetch-Site": "same-origin"}
    for _ in range(EACH):
        end = "lost"
        for attempt in range(TRIES):
            await asyncio.sleep(PAUSE_S if attempt else 0)
            page = b""
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.post(
                    f"{house.portal}{PAGE}maken/", data=dict(asker.form), headers=headers
                ) as response:
                    page = await response.read()
            if _GIVEN.search(page):
                end = "given"
                break
            why = _WHY.search(page)
            end = why[1].decode() if why else "lost"
        if end != "lost":
            progress.ends[end] += 1


async def _kills(house: House, progress: _Progress, started: list[Child]) -> None:
    """Kill the town twice, and start it again; `started` gets the processes, for its caller to stop."""
    town = house.child("town")
    for part in KILLS:
        while not (progress.is_over or progress.ended >= part * PEOPLE * EACH):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.05)
        town.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(town.process.wait)
        await asyncio.sleep(DOWN_S)
        town = spawn("town", ["-m", "sandbox"], for_town(dict(house.environment)), ROOT)
        started.append(town)
        await asyncio.to_thread(until, partial(answers_http, urlsplit(house.town).port or 80), "the town", PATIENCE)
