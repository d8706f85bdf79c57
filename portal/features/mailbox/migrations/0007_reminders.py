"""Make the table of reminders that people asked for, with a wall around each citizen's rows.

The worker tells them: it opens its errand and not what the citizen reads back.
"""

from django.db import migrations, models

CREATE = """
create table mailbox_reminder (
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    errand bytea,
    due_at timestamptz not null,
    told_at timestamptz,
    primary key (citizen_id, mark),
    check ((errand is null) = (told_at is not null))
);
create index mailbox_reminder_due on mailbox_reminder (due_at) where told_at is null;
create index mailbox_reminder_told on mailbox_reminder (told_at);
alter table mailbox_reminder enable row level security;
alter table mailbox_reminder force row level security;
create policy citizen on mailbox_reminder to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy telling on mailbox_reminder to worker using (true) with check (true);
revoke all on mailbox_reminder from public;
grant select (citizen_id, mark, sealed, due_at, told_at), insert (citizen_id, mark, sealed, errand, due_at), delete
    on mailbox_reminder to portal;
grant select (citizen_id, mark, errand, due_at, told_at), update (errand, told_at), delete
    on mailbox_reminder to worker;
"""
DROP = "drop table mailbox_reminder"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0006_arranged")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="ReminderRow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "citizen_id", "mark", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("sealed", models.BinaryField()),
                        ("errand", models.BinaryField(null=True)),
                        ("due_at", models.DateTimeField()),
                        ("told_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "mailbox_reminder",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("told_at__isnull", True)),
                                fields=["due_at"],
                                name="mailbox_reminder_due",
                            ),
                            models.Index(fields=["told_at"], name="mailbox_reminder_told"),
                        ],
                    },
                ),
            ],
        )
    ]
