"""`manage.py parse AGENCY.DATASET FILE...`: what the portal reads in a source's answer, without the portal."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.platform.sources.connecting import samples
from portal.platform.sources.management.bodies import installed
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, facts_of, name_of


class Command(BaseCommand):
    """Print one JSON line a file; exit with 2 when the dataset or a file does not exist."""

    help = "Read answers of a dataset and print what a citizen would see, one JSON line a file."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument("dataset", metavar="AGENCY.DATASET")
        parser.add_argument("files", metavar="FILE", nargs="+")
        parser.add_argument(
            "--content-type",
            default="",
            metavar="HEADER",
            help="what the source said the bytes are; unknown by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the files one by one; a file that cannot be read does not stop the others."""
        known = (*installed().entries, *installed().lookups)
        entry = next((e for e in known if e.name == options["dataset"]), None)
        if entry is None:
            names = ", ".join(e.name for e in known)
            self.stderr.write(f"There is no dataset {options['dataset']!r}. There are: {names}.")
            sys.exit(2)
        failed = False
        for file in options["files"]:
            try:
                data = Path(file).read_bytes()
            except OSError as error:
                self.stderr.write(f"{file} cannot be read: {error.strerror}.")
                failed = True
                continue
            outcome = samples.read(data, entry, asked_at=datetime.now(UTC), content_type=options["content_type"])
            self.stdout.write(json.dumps(described(file, outcome), ensure_ascii=False))
        if failed:
            sys.exit(2)


def described(file: str, outcome: Outcome) -> dict[str, Any]:
    """Describe an outcome in one flat record; `reason` is null unless the source was down."""
    facts = facts_of(outcome)
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    reason = f"{outcome.reason}: {outcome.detail}".rstrip(": ") if isinstance(outcome, Down) else None
    return {
        "file": file,
        "outcome": name_of(outcome),
        "facts": [{"key": f.key, "label": f.label, "value": f.value, "kind": f.kind, "path": f.path} for f in facts],
        "missing": [{"origin": m.origin, "code": m.code, "reason": m.reason} for m in missing],
        "reason": reason,
    }
