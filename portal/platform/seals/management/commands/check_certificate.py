"""`manage.py check_certificate FILE...`: who sealed a PDF, when, and whether it is still what was sealed."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.platform.confined import walls
from portal.platform.confined.errors import NotRun
from portal.platform.confined.programs import Confinement
from portal.platform.seals import checking, configured, wording
from portal.platform.seals.types import Judgement, Trust, Verdict, VerdictReason


class Command(BaseCommand):
    """Print a line of JSON for each file; exit with 2 when a file cannot be read."""

    help = "Check the seals of PDF files: one JSON line a file. Nothing is fetched, whatever a file says."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", metavar="FILE", nargs="+")
        parser.add_argument(
            "--roots", default="", metavar="PEM", help="the roots to trust instead of those of SEAL_ROOTS_FILE"
        )
        parser.add_argument(
            "--at",
            default="",
            metavar="DATE",
            help="as it was at a date that you vouch for (2018-06-15, or with a time)",
        )
        parser.add_argument(
            "--own-root", action="store_true", help="take the root inside the file for one to trust; proves nothing"
        )
        parser.add_argument("--language", choices=wording.LANGUAGES, default="en", help="of the reasons")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the files one by one; a file that cannot be read does not stop the others."""
        trust = _trust(options)
        missing = walls.missing()
        if missing:
            self.stderr.write(f"This kernel has no {' and no '.join(missing)}: the files are read with fewer walls.")
        if asyncio.run(self._check(options["files"], trust, options["language"])):
            sys.exit(2)

    async def _check(self, files: Sequence[str], trust: Trust, language: str) -> bool:
        confinement = Confinement([checking.PROGRAM], optional=True)
        failed = False
        try:
            for name in files:
                try:
                    pdf = _beginning(Path(name))
                except OSError as error:
                    self.stderr.write(f"{name} cannot be read: {error.strerror}.")
                    failed = True
                    continue
                try:
                    judgement = await checking.judge(pdf, trust, confinement.run)
                except NotRun:
                    judgement = Judgement(Verdict.UNCONFIRMED, VerdictReason.NOT_CHECKED)
                self.stdout.write(json.dumps(_line(name, judgement, language), ensure_ascii=False))
        finally:
            confinement.stop()
        return failed


def _beginning(file: Path) -> bytes:
    """Read a file, or one byte more than may be judged of a larger one."""
    with file.open("rb") as opened:
        return opened.read(checking.LARGEST + 1)


def _trust(options: Mapping[str, Any]) -> Trust:
    try:
        roots = configured.roots_in(Path(options["roots"])) if options["roots"] else configured.roots()
        lists = configured.lists()
    except configured.SealTrustError as error:
        raise CommandError(str(error)) from None
    at = _moment(options["at"]) if options["at"] else None
    return Trust(roots, at or datetime.now(UTC), lists, is_asked=at is not None, own_root=options["own_root"])


def _moment(text: str) -> datetime:
    """Read a date, which stands for its end, or a date with a time; both in UTC unless it says another zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at {text} is no date such as 2018-06-15.") from None
    if len(text) == len("2018-06-15"):
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _line(name: str, judgement: Judgement, language: str) -> dict[str, Any]:
    return {
        "file": name,
        "verdict": judgement.verdict,
        "sealed_by": judgement.sealed_by or None,
        "sealed_at": judgement.sealed_at.isoformat() if judgement.sealed_at else None,
        "level": judgement.level or None,
        "trusted": judgement.trusted,
        "covers_whole": judgement.covers_whole,
        "changes": list(judgement.changes),
        "reason": wording.reason(judgement, language),
        "why": judgement.why,
    }
