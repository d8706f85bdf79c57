"""Find a citizen's entries by when they were, their own looks apart from those of others, and each end by its id.

`subject` and `citizen_id` are the two names by which the journal knows somebody; the second is that of earlier
releases. In an index of looks the operation's id comes before the entry's: an operation that was written twice stands
side by side there, and is counted once without a look at the table. The row policy compares both names, so each
index of looks has the other one too.
"""

from django.db import migrations, models

SQL = """
create index journal_entry_subject_own on journal_entry (subject, start_ms, operation_id, id) include (citizen_id)
    where subject is not null and actor_kind = 'citizen';
create index journal_entry_subject_others on journal_entry (subject, start_ms, operation_id, id) include (citizen_id)
    where subject is not null and actor is not null;
create index journal_entry_subject_ends on journal_entry (subject, operation_id, id)
    where subject is not null and outcomes is not null;
create index journal_entry_citizen_own on journal_entry (citizen_id, start_ms, operation_id, id) include (subject)
    where citizen_id is not null and actor_kind = 'citizen';
create index journal_entry_citizen_others on journal_entry (citizen_id, start_ms, operation_id, id) include (subject)
    where citizen_id is not null and actor is not null;
create index journal_entry_citizen_ends on journal_entry (citizen_id, operation_id, id)
    where citizen_id is not null and outcomes is not null;
"""
BACK = """
drop index
    journal_entry_subject_own,
    journal_entry_subject_others,
    journal_entry_subject_ends,
    journal_entry_citizen_own,
    journal_entry_citizen_others,
    journal_entry_citizen_ends;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_described")]
    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            state_operations=[
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["subject", "start_ms", "operation_id", "id"],
                        include=["citizen_id"],
                        name="journal_entry_subject_own",
                        condition=models.Q(subject__isnull=False) & models.Q(actor_kind="citizen"),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["subject", "start_ms", "operation_id", "id"],
                        include=["citizen_id"],
                        name="journal_entry_subject_others",
                        condition=models.Q(subject__isnull=False) & models.Q(actor__isnull=False),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["subject", "operation_id", "id"],
                        name="journal_entry_subject_ends",
                        condition=models.Q(subject__isnull=False) & models.Q(outcomes__isnull=False),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["citizen_id", "start_ms", "operation_id", "id"],
                        include=["subject"],
                        name="journal_entry_citizen_own",
                        condition=models.Q(citizen_id__isnull=False) & models.Q(actor_kind="citizen"),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["citizen_id", "start_ms", "operation_id", "id"],
                        include=["subject"],
                        name="journal_entry_citizen_others",
                        condition=models.Q(citizen_id__isnull=False) & models.Q(actor__isnull=False),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["citizen_id", "operation_id", "id"],
                        name="journal_entry_citizen_ends",
                        condition=models.Q(citizen_id__isnull=False) & models.Q(outcomes__isnull=False),
                    ),
                ),
            ],
        )
    ]
