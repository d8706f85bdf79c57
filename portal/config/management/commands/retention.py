"""`manage.py retention`: count rows past their term; or confirm, after a long pause, that the clock is right."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.config import environment
from portal.platform.database import commanding, pool
from portal.platform.language.dates import day_here
from portal.platform.sweeping import clock, counting

# The variables with the URL of each database in the role of the worker, by its alias.
ROLES = {pool.MAIN: "DATABASE_URL_WORKER", pool.KEYS: "KEYS_DATABASE_URL_WORKER"}


def _day(text: str) -> date:
    """Read a day; refuse the last year of `date`, beyond which no days can be added."""
    day = date.fromisoformat(text)
    if day.year == date.max.year:
        raise ValueError(text)
    return day


class Command(BaseCommand):
    """Write a line of JSON for each table (`counting.TableCount`), as the worker; or confirm the clock."""

    help = "Count what outlived its term. Needs DATABASE_URL_WORKER and KEYS_DATABASE_URL_WORKER."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--on",
            type=_day,
            metavar="YYYY-MM-DD",
            help="would_go is counted at this day's end (today)",
        )
        parser.add_argument(
            "--clock-is-right", action="store_true", help="after a long pause: go on taking away what is over"
        )
        parser.add_argument("--who", default="", help="who says so: a function, no name of anybody")
        parser.add_argument("--why", default="", help="why so much time passed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or confirm; CommandError for arguments or settings that lack, and for a clock that is refused."""
        if options["clock_is_right"] and not (options["who"].strip() and options["why"].strip()):
            raise CommandError("Say with --who and --why who says so, and why so much time passed.")
        # As `manage.py journal`: in the role of the worker, also where the environment names other roles, since
        # `counting` and `clock` are for the worker.
        databases = {alias: environment.database(name) for alias, name in ROLES.items()}
        if not all(databases.values()):
            raise CommandError(f"Set {' and '.join(ROLES.values())}.")
        settings.DATABASES.update(databases)
        with commanding.in_one_line("could not be done"):
            asyncio.run(self._work(options))

    async def _work(self, options: dict[str, Any]) -> None:
        async with pool.open_pools(checked=True):
            if options["clock_is_right"]:
                doubt = await clock.trust(options["who"].strip(), options["why"].strip())
                if doubt is not None:
                    raise CommandError(f"The clock is not right: {doubt}.")
            else:
                for each in await counting.count(options["on"] or day_here(datetime.now(UTC))):
                    self.stdout.write(msgspec.json.encode(each).decode())
