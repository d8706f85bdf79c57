"""Make the outbox, with a wall around each citizen's mails.

`portal` puts in, and takes away what is forgotten; what it put in it does not read back. `worker` reads, and takes
away what was sent.
"""

from django.db import migrations, models

CREATE = """
create table mail_outbox (
    id uuid primary key,
    citizen_id uuid not null,
    sealed bytea not null,
    created_at timestamptz not null default now()
);
create index mail_outbox_citizen_id on mail_outbox (citizen_id);
alter table mail_outbox enable row level security;
alter table mail_outbox force row level security;
create policy citizen on mail_outbox to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy sending on mail_outbox for select to worker using (true);
create policy sent on mail_outbox for delete to worker using (true);
revoke all on mail_outbox from public;
grant insert (id, citizen_id, sealed), select (id, citizen_id, created_at), delete on mail_outbox to portal;
grant select, delete on mail_outbox to worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table mail_outbox")],
            state_operations=[
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField(db_index=True)),
                        ("sealed", models.BinaryField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"db_table": "mail_outbox"},
                ),
            ],
        )
    ]
