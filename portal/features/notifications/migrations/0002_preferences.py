"""Make the table of contact preferences, with a wall around each citizen's row.

`portal` sees the row of the citizen it acts for; so does `worker`, which asks before it mails and changes nothing.
"""

from django.db import migrations, models

CREATE = """
create table notifications_preferences (
    citizen_id uuid primary key,
    sealed bytea not null,
    consent text not null,
    since timestamptz not null
);
alter table notifications_preferences enable row level security;
alter table notifications_preferences force row level security;
create policy citizen on notifications_preferences to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy mail on notifications_preferences for select to worker
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on notifications_preferences from public;
grant select, insert, delete, update (sealed, consent, since) on notifications_preferences to portal;
grant select (citizen_id, sealed) on notifications_preferences to worker;
"""
DROP = "drop table notifications_preferences"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Preferences",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("sealed", models.BinaryField()),
                        ("consent", models.TextField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "notifications_preferences"},
                ),
            ],
        )
    ]
