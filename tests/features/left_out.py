"""A portal with the features that FEATURES lists, walked through by somebody signed in; run as a program, it prints
JSON.
"""

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import django
from django.conf import settings
from django.core.checks import run_checks
from django.urls import get_resolver

from portal.features.privacy.policy import register
from portal.platform.database import pool, terms
from portal.platform.feature import installed, places
from portal.platform.help import entries
from portal.platform.help.types import HelpEntry
from portal.platform.jobs import queue, worker
from portal.platform.sources import machine_clients
from tests.citizen import Citizen, person, sign_in

WITHDRAWAL = "/privacy/rechten/intrekking/"
_PART = re.compile(r' id="([a-z-]+)"')
_HREF = re.compile(r'(?:href|action|src)="(/[^"?#]*)')


async def _page(citizen: Citizen, path: str) -> tuple[int, str]:
    answer = await citizen.gets(path)
    if answer.streaming:
        return answer.status_code, b"".join([part async for part in answer]).decode()
    return answer.status_code, answer.content.decode()


async def _walk() -> Mapping[str, Any]:
    """Open every place of the navigation, every page of the help and the start page; returns what they hold."""
    async with pool.open_pools():
        citizen = await sign_in(person("71690999827"))
        paths = ["/", "/cookies/", "/hulp/", "/sessies/", "/afmelden/", *(href for _, href in places.all_places())]
        paths += [entry.href for entry in entries.whole_help().entries.values()]
        paths += [WITHDRAWAL] if installed.is_here("privacy") else []
        pages = {path: await _page(citizen, path) for path in paths}
    texts = [text for _, text in pages.values()]
    return {
        "withdrawal": pages[WITHDRAWAL][1] if WITHDRAWAL in pages else "",
        "statuses": {path: status for path, (status, _) in pages.items()},
        "hrefs": sorted({href for text in texts for href in _HREF.findall(text)}),
        "parts": sorted({part for text in texts for part in _PART.findall(text)}),
    }


def main() -> Mapping[str, Any]:
    """List what this portal has: places, routes, tasks, help, and the links and parts of its pages."""
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    worker.register_tasks()
    found = asyncio.run(_walk())
    answers = entries.whole_help().entries.values()
    return {
        "problems": [str(problem) for problem in run_checks()],
        "features": [feature.id for feature in installed.features()],
        "kept": [feature.id for feature in installed.with_tables()],
        "unlisted": _unlisted(),
        "places": [place.route for place, _ in places.all_places()],
        "rooms": sorted(get_resolver().namespace_dict),
        "tasks": sorted(queue.app.tasks),
        "claims": [entry.slug for entry in answers if not entry.waits_for and _is_of(entry, installed.absent_ids())],
        "scopes": sorted({scope for client in machine_clients.clients().values() for scope in client.scopes}),
        **found,
    }


def _unlisted() -> list[str]:
    """List the tables with data of people that the register of processing does not name."""
    of_people = {one.table for one in terms.terms() if one.term.of != "nobody"}
    return sorted(of_people - {kept.table for entry in register.kept_data() for kept in entry.kept})


def _is_of(entry: HelpEntry, rooms: frozenset[str]) -> bool:
    """Tell whether an entry is only about pages of these rooms."""
    return bool(entry.places) and {place.route.partition(":")[0] for place in entry.places} <= rooms


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
