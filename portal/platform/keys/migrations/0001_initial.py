"""Make the key database: a wall around each citizen's row, and columns by role.

`portal` sees the row of the citizen it acts for. `worker` sees of every row what mail needs, and may take a row
away when a term ends. `owner` sees none.
"""

from django.db import migrations, models

CREATE = """
create table keys_citizen (
    citizen_id uuid primary key,
    data_key text not null,
    mail_key text not null,
    private_key text not null,
    public_key bytea not null,
    created_at timestamptz not null default now()
);
alter table keys_citizen enable row level security;
alter table keys_citizen force row level security;
create policy citizen on keys_citizen to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy mail on keys_citizen for select to worker using (true);
create policy term on keys_citizen for delete to worker using (true);
revoke all on keys_citizen from public;
grant select, insert, delete on keys_citizen to portal;
grant update (data_key, mail_key, private_key) on keys_citizen to portal;
grant select (citizen_id, mail_key), delete on keys_citizen to worker;

create table keys_installation (
    id text primary key,
    probes jsonb not null,
    only_one boolean not null default true unique check (only_one)
);
revoke all on keys_installation from public;
grant select on keys_installation to portal, worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table keys_citizen, keys_installation")],
            state_operations=[
                migrations.CreateModel(
                    name="Citizen",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("data_key", models.TextField()),
                        ("mail_key", models.TextField()),
                        ("private_key", models.TextField()),
                        ("public_key", models.BinaryField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"db_table": "keys_citizen"},
                ),
                migrations.CreateModel(
                    name="Installation",
                    fields=[
                        ("id", models.TextField(primary_key=True, serialize=False)),
                        ("probes", models.JSONField()),
                    ],
                    options={"db_table": "keys_installation"},
                ),
            ],
        )
    ]
