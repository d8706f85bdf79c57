"""`manage.py check_agencies`: show the quality of each dataset, what it lacks, and how long its source takes."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from connecting.asking import Measurement, measure
from connecting.contract.evidence import PublishedFolders
from connecting.quality import NOT_LOOKED_AT, Quality, bodies, qualities
from portal.platform.sources.catalogue import Catalogue
from portal.platform.sources.management.bodies import installed
from portal.platform.wire import calls

HEAD = (
    "dataset",
    "data",
    "no data",
    "failed",
    "approved",
    "not read",
    "deadline",
    "measured",
    "correction",
    "schema",
    "question",
    "retention",
)
# The note above what is lacking, when MAGDA's schemas are not at hand.
NO_SCHEMAS = (
    "Not looked at: whether samples and questions are as MAGDA publishes them, as its schemas are not at hand.",
    "  docs/agencies.md says where to get them; then: --schemas FOLDER (and --answers FOLDER).",
)
NOT_MEASURED = Measurement(None, "not asked")


class Lack(NamedTuple):
    """Hold one thing that a dataset or body lacks: its name, and a sentence."""

    name: str
    words: str


class Command(BaseCommand):
    """Print a table, or with --json a JSON list; exit with 1 when a dataset lacks what the contract asks."""

    help = "Show the quality of the connected bodies."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("agencies", metavar="AGENCY", nargs="*", help="all by default")
        parser.add_argument("--json", action="store_true", help="print a JSON list")
        parser.add_argument("--not-ask", action="store_true", help="do not measure the sources")
        parser.add_argument("--schemas", metavar="FOLDER", type=Path, help="MAGDA's published schemas")
        parser.add_argument("--answers", metavar="FOLDER", type=Path, help="MAGDA's published answers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, measure and print."""
        known = _choice(installed(), options["agencies"])
        if known is None:
            names = ", ".join(agency.id for agency in installed().agencies)
            self.stderr.write(f"There is no body {' or '.join(options['agencies'])!r}. There are: {names}.")
            sys.exit(2)
        of_datasets = qualities(known, PublishedFolders(options["schemas"], options["answers"]))
        measurements = [NOT_MEASURED] * len(of_datasets) if options["not_ask"] else asyncio.run(_measure_all(known))
        rows = list(zip(of_datasets, measurements, strict=True))
        of_bodies = [Lack(body.name, lack) for body in bodies(known, installed()) for lack in body.lacks]
        lacking = of_bodies + [Lack(quality.name, lack) for quality in of_datasets for lack in quality.lacks]
        self.stdout.write(_json(rows, of_bodies) if options["json"] else _table(rows, lacking))
        if lacking:
            sys.exit(1)


def _choice(known: Catalogue, names: Sequence[str]) -> Catalogue | None:
    """Give the bodies of these names, or all without names; None when there is no body of one name."""
    if not names:
        return known
    if set(names) - {agency.id for agency in known.agencies}:
        return None
    return Catalogue(
        tuple(agency for agency in known.agencies if agency.id in names),
        tuple(entry for entry in known.entries if entry.agency.id in names),
    )


async def _measure_all(known: Catalogue) -> list[Measurement]:
    """Measure all, in the order of `qualities`; one at a time, since together they would slow each other down."""
    measurements = []
    for entry in known.entries:
        measurements.append(await measure(entry))
        if entry.lookup:
            measurements.append(await measure(entry.lookup))
    await calls.close()
    return measurements


def _json(rows: Sequence[tuple[Quality, Measurement]], of_bodies: Sequence[Lack]) -> str:
    """Give a JSON list with a record for each dataset, and one for each thing that a body lacks."""
    records = [msgspec.to_builtins(quality) | {"measured": msgspec.to_builtins(time)} for quality, time in rows]
    records += [{"name": lack.name, "lacks": [lack.words]} for lack in of_bodies]
    return msgspec.json.format(msgspec.json.encode(records), indent=2).decode()


def _table(rows: Sequence[tuple[Quality, Measurement]], lacking: Sequence[Lack]) -> str:
    lines = [HEAD, *(_cells(quality, time) for quality, time in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text += ["", "Legal basis"]
    text += [f"  {quality.name}: {quality.legal_basis}" for quality, _ in rows]
    if any(NOT_LOOKED_AT in (quality.schema, quality.question) for quality, _ in rows):
        text += ["", *NO_SCHEMAS]
    text += (
        ["", "Lacking", *(f"  {lack.name}: {lack.words}" for lack in lacking)]
        if lacking
        else ["", "Nothing is lacking."]
    )
    return "\n".join(text)


def _cells(quality: Quality, time: Measurement) -> tuple[str, ...]:
    samples = quality.samples
    return (
        quality.name,
        str(samples.data),
        str(samples.nothing),
        str(samples.failed),
        f"{samples.approved} of {samples.all}",
        str(samples.unread),
        f"{quality.deadline_s:g} s",
        f"not measured ({time.outcome})" if time.ms is None else f"{time.ms:.0f} ms ({time.outcome})",
        quality.correction,
        quality.schema,
        quality.question,
        quality.retention,
    )
