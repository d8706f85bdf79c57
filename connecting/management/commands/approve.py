"""`manage.py approve AGENCY...`: write what is read of a body's samples now as their approved facts."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connecting import samples
from connecting.contract import readings
from connecting.contract.evidence import Sample
from portal.platform.sources.management.bodies import installed
from portal.platform.sources.reading.outcomes import Outcome, facts_of, name_of


class Command(BaseCommand):
    """Write files of approved facts and print each that changed; exit with 2 for an unknown body or a bad sample."""

    help = "Approve the facts that are read now of every sample of a body: read the difference before it lands."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("agencies", metavar="AGENCY", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Approve sample by sample; one that cannot be read is not approved, and does not stop the others."""
        known = installed()
        names = {agency.id for agency in known.agencies}
        for name in options["agencies"]:
            if name not in names:
                self.stderr.write(f"There is no body {name!r}. There are: {', '.join(sorted(names))}.")
                sys.exit(2)
        entries = [e for e in (*known.entries, *known.lookups) if e.agency.id in options["agencies"]]
        changed, failed = 0, False
        for entry in entries:
            for answer in samples.answers_of(entry):
                try:
                    sample = Sample(answer, samples.read_sample(answer, entry))
                    reason = readings.why_sample_is_unread(sample, entry)
                except (OSError, ValueError, KeyError, TypeError) as error:
                    reason = samples.reason_of(error)
                if reason:
                    self.stderr.write(f"{_short(answer)} is not approved: {reason}")
                    failed = True
                elif samples.approve(answer, entry):
                    changed += 1
                    self.stdout.write(f"{_short(samples.facts_file(answer, entry))}: {_in_short(sample.outcome)}")
        self.stdout.write(f"{changed} changed.")
        if failed:
            sys.exit(2)


def _in_short(outcome: Outcome) -> str:
    """Give the outcome that was approved, so that somebody notices a "down" that was not meant."""
    count = len(facts_of(outcome))
    return f"{name_of(outcome)}, {count} facts" if count else name_of(outcome)


def _short(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
