"""`manage.py keys`: make the key files, add a key, give one a new version, wrap everything under the newest."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.platform.database import commanding, pool
from portal.platform.keys import arrivals, citizens, installation, key_file, names, subjects
from portal.platform.keys.arrivals import Rewrapped
from portal.platform.keys.errors import CannotOpen
from portal.platform.keys.key_file import Rotated


class Command(BaseCommand):
    """Look after the master keys. Needs the files of the portal and of the worker, and the key database's owner."""

    help = "Look after the master keys."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "what",
            choices=("create", "add", "rotate", "rewrap"),
            help="create: make the key files of a new installation, or see that they are right; "
            "add [NAME]: put a key that came with a newer release into its files, or all of those; "
            "rotate NAME: give a key a new version, what is wrapped stays readable; "
            "rewrap: wrap every citizen's keys, and those for arrivals, under the newest versions",
        )
        parser.add_argument("name", nargs="?", choices=sorted(names.master_keys()))
        parser.add_argument(
            "--and-add", action="store_true", help="create: also put in what came with a newer release"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the first argument says, and print what was done."""
        portal, worker = Path(settings.KEYS_FILE), Path(settings.KEYS_FILE_WORKER)
        with commanding.in_one_line():
            if options["what"] == "create":
                self._say(asyncio.run(installation.create(portal, worker, settings.KEYS_DATABASE_URL_OWNER)))
                if options["and_add"]:
                    self._add(portal, worker, [])
            elif options["what"] == "add":
                self._add(portal, worker, [options["name"]] if options["name"] else [])
            elif options["what"] == "rotate":
                rotated = [key.name for key in names.master_keys().values() if key.is_rotated]
                if options["name"] not in rotated:
                    raise CommandError(f"Which one: {' or '.join(rotated)}?")
                # The worker's first: should this end in between, the portal wraps under no version that it lacks.
                self._say_rotated(options["name"], key_file.rotate((worker, portal), options["name"]))
            else:
                rewrapped = asyncio.run(_rewrap_all())
                self._say(f"{rewrapped.done} citizens' keys were wrapped anew.")
                if rewrapped.failed:
                    raise CommandError(
                        f"{rewrapped.failed} rows do not open, and stay as they are: they were changed, or damaged "
                        "(docs/operations.md, Keys). All others are done."
                    )

    def _add(self, portal: Path, worker: Path, wanted: list[str]) -> None:
        owner = settings.KEYS_DATABASE_URL_OWNER
        added = asyncio.run(installation.add(portal, worker, owner, wanted or list(names.master_keys())))
        if added:
            self._say(f"added: {', '.join(added)}. Keep a back-up of both files, and restart every process.")
        else:
            self._say("The key files have every key already.")

    def _say_rotated(self, name: str, rotated: Rotated) -> None:
        then = "Restart the worker first, then the portal; then run `keys rewrap`."
        if rotated.is_new:
            self._say(f"{name}: version {rotated.version}. {then}")
        else:
            self._say(
                f"{name}: version {rotated.version} was put into the file that lacked it; no new one was made. "
                f"{then} Run `keys rotate` again for a new one."
            )

    def _say(self, text: str) -> None:
        if self.verbosity:
            self.stdout.write(text)

    def execute(self, *args: Any, **options: Any) -> None:
        """Store the verbosity."""
        self.verbosity = options.get("verbosity", 1)
        super().execute(*args, **options)


async def _rewrap_all() -> Rewrapped:
    """Wrap the pairs for arrivals and each citizen's keys anew; tell of how many citizens, and what does not open.

    Only the worker may list citizens.
    """
    async with pool.open_pools(pool.KEYS, most=1):
        pairs = await arrivals.rewrap()
        async with await psycopg.AsyncConnection.connect(pool.pin(settings.KEYS_DATABASE_URL_WORKER)) as conn:
            cursor = conn.cursor("citizens")
            await cursor.execute("select citizen_id from keys_citizen union select citizen_id from keys_subject")
            of_citizens = await _rewrap_each(citizen_id async for (citizen_id,) in cursor)
    return Rewrapped(of_citizens.done, of_citizens.failed + pairs.failed)


async def _rewrap_each(citizen_ids: AsyncIterator[UUID]) -> Rewrapped:
    """Wrap each citizen's keys and journal subject anew, in the name of that citizen, but what does not open."""
    done = failed = 0
    async for citizen_id in citizen_ids:
        is_changed = False
        for rewrap in (citizens.rewrap, subjects.rewrap):
            try:
                is_changed |= await rewrap(citizen_id)
            except CannotOpen:
                failed += 1
        done += is_changed
    return Rewrapped(done, failed)
