"""`manage.py agencies`: the connected bodies and their datasets."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.management.bodies import installed


class Command(BaseCommand):
    """List every dataset: as a table, or with --json as one JSON list."""

    help = "List the connected bodies and their datasets."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list."""
        entries = installed().entries
        rows = [describe(entry) for entry in entries]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        of_features = dict.fromkeys(key for entry in entries for key in _of_features(entry))
        shown = ("name", "title", *of_features, "transport", "service", "version", "deadline_s")
        lines = [shown, *(tuple(str(row[key]) for key in shown) for row in rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(shown))]
        for line in lines:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def describe(entry: DatasetEntry) -> dict[str, str | float]:
    """Describe a dataset in one flat record."""
    dataset = entry.dataset
    return {
        "name": entry.name,
        "agency": entry.agency.manifest.name,
        "title": dataset.title,
        **_of_features(entry),
        "transport": dataset.transport,
        "service": dataset.service.service,
        "version": dataset.service.version,
        "deadline_s": dataset.deadline_s,
    }


def _of_features(entry: DatasetEntry) -> dict[str, str]:
    return {key: value for keys in entry.sections.values() for key, value in keys.columns().items()}
