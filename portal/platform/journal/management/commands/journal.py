"""`manage.py journal verify`: see whether anything in the journal was changed, removed or put in."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.platform.database import pool
from portal.platform.journal import verifying
from portal.platform.journal.findings import Head, Kind
from portal.platform.keys.key_file import KeyFile
from portal.platform.kit.errors import PortalError


class Command(BaseCommand):
    """Verify the journal in the role of the worker. Exit code 1 when something does not fit."""

    help = "Verify the journal. Needs DATABASE_URL_WORKER, KEYS_DATABASE_URL_WORKER and KEYS_FILE_WORKER."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "what", choices=("verify",), help="verify: walk the chain, a line for all that does not fit"
        )
        parser.add_argument(
            "--explained",
            metavar="BATCH",
            type=int,
            nargs="*",
            default=[],
            help="breaks of the chain that you know the reason of (a database put back): shown, but no damage",
        )
        parser.add_argument(
            "--seen",
            metavar="NUMBER:HASH",
            type=_head,
            help="the head that an earlier run printed: that batch must still be there, as it was",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, and say what was found."""
        try:
            damage, head = asyncio.run(self._verify(frozenset(options["explained"]), options["seen"]))
        except (PortalError, psycopg.Error) as error:
            raise CommandError(f"could not verify: {error}") from None
        if damage:
            self.stderr.write(f"The journal is damaged: {damage} findings. docs/operations.md says what to do.")
            sys.exit(1)
        self.stdout.write("The journal is whole.")
        self.stdout.write(f"head {head}")

    async def _verify(self, explained: frozenset[int], seen: Head | None) -> tuple[int, Head | None]:
        keys = KeyFile.read(Path(settings.KEYS_FILE_WORKER))
        damage, head = 0, None
        async with (
            await psycopg.AsyncConnection.connect(pool.pinned(settings.DATABASE_URL_WORKER), autocommit=True) as conn,
            await psycopg.AsyncConnection.connect(
                pool.pinned(settings.KEYS_DATABASE_URL_WORKER), autocommit=True
            ) as anchors,
        ):
            async for finding in verifying.verify(conn, anchors, keys, now=datetime.now(UTC), seen=seen):
                if isinstance(finding, Head):
                    head = finding
                    continue
                is_explained = finding.kind is Kind.CHAIN_BROKEN and finding.number in explained
                self.stdout.write(finding.line() + (" (explained)" if is_explained else ""))
                damage += finding.is_damage and not is_explained
        return damage, head


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as NUMBER:HASH, as `journal verify` printed it") from None
