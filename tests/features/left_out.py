"""A portal as FEATURES lists it, walked through by somebody who is signed in; run as a program, it tells as JSON."""

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

from portal.channels.home import help_entries, navigation
from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.jobs import queue, worker
from tests.citizen import Citizen, person, signed_in

_HREF = re.compile(r'(?:href|action|src)="(/[^"?#]*)')


async def _page(citizen: Citizen, path: str) -> tuple[int, str]:
    answer = await citizen.gets(path)
    if answer.streaming:
        return answer.status_code, b"".join([part async for part in answer]).decode()
    return answer.status_code, answer.content.decode()


async def _walk() -> tuple[Mapping[str, int], list[str]]:
    """Open every place of the navigation, every page of the help and the start page; gives statuses and addresses."""
    await pool.open_pool()
    await pool.open_pool(pool.KEYS)
    try:
        citizen = await signed_in(person("71690999827"))
        paths = ["/", "/cookies/", "/hulp/", "/sessies/", "/afmelden/", *(href for _, href in navigation.places())]
        paths += [entry.href for entry in help_entries.listed().entries.values()]
        pages = {path: await _page(citizen, path) for path in paths}
    finally:
        await pool.close_pools()
    found = {href for _, text in pages.values() for href in _HREF.findall(text)}
    return {path: status for path, (status, _) in pages.items()}, sorted(found)


def main() -> Mapping[str, Any]:
    """Tell what this portal has: places, routes, tasks, help, and what its pages lead to."""
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    worker.learn_tasks()
    statuses, hrefs = asyncio.run(_walk())
    entries = help_entries.listed().entries.values()
    return {
        "problems": [str(problem) for problem in run_checks()],
        "features": [feature.id for feature in installed.features()],
        "kept": [feature.id for feature in installed.with_tables()],
        "places": [place.route for place, _ in navigation.places()],
        "rooms": sorted(get_resolver().namespace_dict),
        "tasks": sorted(queue.app.tasks),
        "claims": [entry.slug for entry in entries if not entry.waits_for and _is_of(entry, installed.left_out())],
        "statuses": statuses,
        "hrefs": hrefs,
    }


def _is_of(entry: help_entries.Entry, rooms: frozenset[str]) -> bool:
    """Tell whether an entry is only about pages of these rooms."""
    return bool(entry.places) and {place.route.partition(":")[0] for place in entry.places} <= rooms


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
