"""Make the table of what is done once although it is asked twice: forms of a session, and returns from the provider.

A form's row is its citizen's, and goes with the session. A return comes before anybody is known: its row is nobody's,
and only its browser can name it or open what it holds.
"""

from django.db import migrations, models

SQL = """
create unlogged table access_once (
    mark bytea primary key check (octet_length(mark) = 32),
    session_id bytea references access_session on delete cascade,
    citizen_id uuid,
    started_at timestamptz not null,
    sealed bytea,
    check ((session_id is null) = (citizen_id is null))
);
create index access_once_session on access_once (session_id);
alter table access_once enable row level security;
alter table access_once force row level security;
create policy citizen on access_once to portal
    using (citizen_id is not distinct from nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on access_once to worker using (true) with check (false);
revoke all on access_once from public;
grant select, insert, delete on access_once to portal;
grant update (started_at, sealed) on access_once to portal;
grant select (session_id, started_at), delete on access_once to worker;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_machines")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL, "drop table access_once")],
            state_operations=[
                migrations.CreateModel(
                    name="Once",
                    fields=[
                        ("mark", models.BinaryField(primary_key=True, serialize=False)),
                        ("session_id", models.BinaryField(null=True)),
                        ("citizen_id", models.UUIDField(null=True)),
                        ("started_at", models.DateTimeField()),
                        ("sealed", models.BinaryField(null=True)),
                    ],
                    options={"db_table": "access_once"},
                ),
            ],
        )
    ]
