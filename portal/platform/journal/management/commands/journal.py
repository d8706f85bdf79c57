"""`manage.py journal`: verify that the journal was not changed, and go on after a break that somebody explains."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import AsyncConnection

from portal.platform.database import commanding, pool
from portal.platform.journal import accepting, standing, structure, verifying
from portal.platform.journal.accepting import Explanation
from portal.platform.journal.findings import Finding, FindingKind, Head
from portal.platform.journal.head_file import HeadFile
from portal.platform.keys.key_file import KeyFile


class Command(BaseCommand):
    """Look after the journal in the role of the worker. `verify` exits with 1 when something does not fit."""

    help = "Verify or accept the journal. Needs DATABASE_URL_WORKER, KEYS_DATABASE_URL_WORKER and KEYS_FILE_WORKER."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "what",
            choices=("verify", "accept"),
            help="verify: walk the chain and look at the tables, a line for all that does not fit; "
            "accept: go on with the chain as it ends now, with an explanation that the journal keeps",
        )
        parser.add_argument(
            "--explained",
            metavar="BATCH",
            type=int,
            nargs="*",
            default=[],
            help="verify: breaks that an earlier release noted and that you know the reason of: shown, but no damage",
        )
        parser.add_argument(
            "--seen",
            metavar="NUMBER:HASH",
            type=_head,
            help="verify: the head that an earlier run printed: that batch must still be there, as it was",
        )
        parser.add_argument(
            "--head", metavar="NUMBER:HASH", type=_head, help="accept: where the chain ends, as `verify` printed it"
        )
        parser.add_argument("--who", default="", help="accept: who explains it: a function, no name of anybody")
        parser.add_argument("--why", default="", help="accept: what happened, and when")
        parser.add_argument(
            "--made-anew",
            action="store_true",
            help="accept: the databases were made anew and hold nothing; does nothing when no head was kept",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify or accept, and print what was found or done."""
        accepts = options["what"] == "accept"
        with commanding.in_one_line(f"could not {options['what']}"):
            asyncio.run(self._accept(options) if accepts else self._verify(options))

    async def _verify(self, options: dict[str, Any]) -> None:
        explained, seen, head = frozenset(options["explained"]), options["seen"] or _read_kept(), None
        keys = KeyFile.read(Path(settings.KEYS_FILE_WORKER))
        damage = 0
        async with _as_worker() as (conn, anchors):
            # Check the structure first: with wrong tables the walk itself may fail.
            for finding in await _structure(conn, anchors):
                self.stdout.write(finding.line())
                damage += 1
            async for each in verifying.verify(conn, anchors, keys, now=datetime.now(UTC), seen=seen):
                if isinstance(each, Head):
                    head = each
                    continue
                is_explained = each.kind is FindingKind.CHAIN_BROKEN and each.number in explained
                self.stdout.write(each.line() + (" (explained)" if is_explained else ""))
                damage += each.is_damage and not is_explained
        if damage:
            self.stderr.write(f"The journal is damaged: {damage} findings. docs/operations.md says what to do.")
        else:
            self.stdout.write("The journal is whole.")
        self.stdout.write(f"head {head}")
        if damage:
            sys.exit(1)

    async def _accept(self, options: dict[str, Any]) -> None:
        if not settings.JOURNAL_HEAD_FILE:
            raise CommandError("Set JOURNAL_HEAD_FILE, as the workers of this machine have it.")
        head_file = HeadFile(Path(settings.JOURNAL_HEAD_FILE))
        head = standing.NO_HEAD if options["made_anew"] else options["head"]
        if head is None:
            raise CommandError("Say with --head where the chain ends, as `journal verify` printed it.")
        if options["made_anew"] and head_file.read() is None:
            return
        keys = KeyFile.read(Path(settings.KEYS_FILE_WORKER))
        explanation = Explanation(head, options["who"], options["why"], options["made_anew"])
        async with _as_worker() as (conn, anchors):
            new = await accepting.accept(conn, anchors, keys, head_file, explanation)
        if options["verbosity"]:
            self.stdout.write(f"accepted: the chain goes on with head {new}")


@asynccontextmanager
async def _as_worker() -> AsyncIterator[tuple[AsyncConnection[Any], AsyncConnection[Any]]]:
    main, keys = settings.DATABASE_URL_WORKER, settings.KEYS_DATABASE_URL_WORKER
    long = "-c statement_timeout=0"  # walking through years of entries takes long
    async with (
        await AsyncConnection.connect(pool.pin(main, long), autocommit=True) as conn,
        await AsyncConnection.connect(pool.pin(keys, long), autocommit=True) as anchors,
    ):
        yield conn, anchors


async def _structure(conn: AsyncConnection[Any], anchors: AsyncConnection[Any]) -> list[Finding]:
    findings: list[Finding] = []
    for each, name in ((conn, "main"), (anchors, "keys")):
        async with standing.catalog_only(each):
            findings += await structure.compare(each, name)
    return findings


def _read_kept() -> Head | None:
    """Return the head that this machine's workers kept, if this is such a machine."""
    kept = HeadFile(Path(settings.JOURNAL_HEAD_FILE)).read() if settings.JOURNAL_HEAD_FILE else None
    return kept.head if kept else None


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as NUMBER:HASH, as `journal verify` printed it") from None
