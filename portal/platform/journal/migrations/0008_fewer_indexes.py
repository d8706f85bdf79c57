"""Find a citizen's entries, and the end of an operation by its id, by one index in the place of two.

The end of an operation stood in an index by its number beside the one that finds it. Nobody reads by number any more,
and whoever erases needs the citizen alone.
"""

from django.db import migrations, models

SQL = """
drop index journal_entry_subject, journal_entry_subject_ends, journal_entry_citizen, journal_entry_citizen_ends;
create index journal_entry_subject on journal_entry (subject, operation_id, id) where subject is not null;
create index journal_entry_citizen on journal_entry (citizen_id, operation_id, id) where citizen_id is not null;
"""
BACK = """
drop index journal_entry_subject, journal_entry_citizen;
create index journal_entry_subject on journal_entry (subject, id) where subject is not null;
create index journal_entry_citizen on journal_entry (citizen_id, id) where citizen_id is not null;
create index journal_entry_subject_ends on journal_entry (subject, operation_id, id)
    where subject is not null and outcomes is not null;
create index journal_entry_citizen_ends on journal_entry (citizen_id, operation_id, id)
    where citizen_id is not null and outcomes is not null;
"""


def _by_operation(field: str, name: str) -> migrations.AddIndex:
    return migrations.AddIndex(
        "entry",
        models.Index(
            fields=[field, "operation_id", "id"], name=name, condition=models.Q((f"{field}__isnull", False))
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0007_by_time")]
    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            state_operations=[
                migrations.RemoveIndex("entry", "journal_entry_subject"),
                migrations.RemoveIndex("entry", "journal_entry_subject_ends"),
                migrations.RemoveIndex("entry", "journal_entry_citizen"),
                migrations.RemoveIndex("entry", "journal_entry_citizen_ends"),
                _by_operation("subject", "journal_entry_subject"),
                _by_operation("citizen_id", "journal_entry_citizen"),
            ],
        )
    ]
