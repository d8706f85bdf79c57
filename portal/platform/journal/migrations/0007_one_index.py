"""Find all that the journal has of a citizen by one index: their own looks, those of others, and how each ended.

`subject` and `citizen_id` are the two names by which the journal knows somebody; the second is that of earlier
releases. Own looks have no actor, and an end has no time; each query has to say `actor is null` as the index does.
The operation's id comes before the entry's: an operation that was written twice stands side by side, and is counted
once without a look at the table. The row policy compares both names, so the index of each holds the other one too.
"""

from django.db import migrations, models

SQL = """
drop index journal_entry_subject, journal_entry_citizen;
create index journal_entry_subject on journal_entry (subject, (actor is null), start_ms, operation_id, id)
    include (citizen_id, actor) where subject is not null;
create index journal_entry_citizen on journal_entry (citizen_id, (actor is null), start_ms, operation_id, id)
    include (subject, actor) where citizen_id is not null;
"""
BACK = """
drop index journal_entry_subject, journal_entry_citizen;
create index journal_entry_subject on journal_entry (subject, id) where subject is not null;
create index journal_entry_citizen on journal_entry (citizen_id, id) where citizen_id is not null;
"""


def _of(field: str, other: str, name: str) -> migrations.AddIndex:
    is_own = models.ExpressionWrapper(models.Q(actor__isnull=True), models.BooleanField())
    return migrations.AddIndex(
        "entry",
        models.Index(
            models.F(field),
            is_own,
            models.F("start_ms"),
            models.F("operation_id"),
            models.F("id"),
            include=[other, "actor"],
            name=name,
            condition=models.Q((f"{field}__isnull", False)),
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_described")]
    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            state_operations=[
                migrations.RemoveIndex("entry", "journal_entry_subject"),
                migrations.RemoveIndex("entry", "journal_entry_citizen"),
                _of("subject", "citizen_id", "journal_entry_subject"),
                _of("citizen_id", "subject", "journal_entry_citizen"),
            ],
        )
    ]
