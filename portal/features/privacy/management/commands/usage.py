"""`manage.py usage REFERENCE`: find the entry of the journal that a citizen asks about."""

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.features.privacy.usage import references
from portal.platform.database import commanding, pool

# The results stand in a later entry of the same operation. It is looked for among the next 100,000 entries only: a
# result that is missing must not cost a walk through the whole journal.
ENTRY = """
select a.trace_id, a.operation_id, a.start_ms, a.name, a.actor_kind,
    case when a.actor_kind <> 'parent' then a.actor end, (
        select array_agg(r.body || '.' || r.dataset order by w.place)
        from unnest(a.activities) with ordinality w (id, place) join public.journal_activity r on r.id = w.id
    ), (
        select e.outcomes from public.journal_entry e
        where e.id > a.id and e.id < a.id + 100000 and e.trace_id = a.trace_id and e.operation_id = a.operation_id
            and e.outcomes is not null order by e.id limit 1
    )
from public.journal_entry a where a.id = %s and a.activities is not null
"""


class Command(BaseCommand):
    """Print an entry as a line of JSON, without the citizen that it is about, in the role of the worker."""

    help = "Find an entry of the journal by the reference that its citizen reads. Needs DATABASE_URL_WORKER."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument("reference", help="G-XXXX-XXXX-XXXX")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the entry and print it. Raise CommandError for a reference that names none."""
        reference = options["reference"].strip().upper()
        number = references.entry_id(reference)
        if number is None:
            raise CommandError("This is no reference of an entry: G and three groups of four letters or digits.")
        with (
            commanding.in_one_line("could not look"),
            psycopg.connect(pool.pin(settings.DATABASE_URL_WORKER)) as conn,
        ):
            row = conn.execute(ENTRY, (number,)).fetchone()
        if row is None or references.write_reference(number, row[0], row[1]) != reference:
            raise CommandError("No entry has this reference: it was misread, made up, or erased.")
        trace, operation, start_ms, name, kind, actor, datasets, outcomes = row
        entry = {
            "reference": reference,
            "entry": number,
            "trace": trace.hex(),
            "operation": operation.hex(),
            "began_at": datetime.fromtimestamp(start_ms / 1000, UTC).isoformat(timespec="milliseconds"),
            "name": name,
            "by": kind if actor is None else f"{kind} {actor}",
            "data": datasets,
            "results": outcomes,
        }
        self.stdout.write(json.dumps(entry))
