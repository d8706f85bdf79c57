"""Make the tables of machine clients: the tokens they hold, and the assertions they used. Neither is a citizen's."""

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = """
create unlogged table access_machine_token (
    hash bytea primary key check (octet_length(hash) = 32),
    client text not null,
    scopes text[] not null,
    until timestamptz not null
);
create table access_machine_assertion (
    hash bytea primary key check (octet_length(hash) = 32),
    until timestamptz not null
);
revoke all on access_machine_token, access_machine_assertion from public;
grant select, insert, delete on access_machine_token, access_machine_assertion to portal;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_citizen")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL, "drop table access_machine_token, access_machine_assertion")],
            state_operations=[
                migrations.CreateModel(
                    name="MachineToken",
                    fields=[
                        ("hash", models.BinaryField(primary_key=True, serialize=False)),
                        ("client", models.TextField()),
                        ("scopes", django.contrib.postgres.fields.ArrayField(models.TextField())),
                        ("until", models.DateTimeField()),
                    ],
                    options={"db_table": "access_machine_token"},
                ),
                migrations.CreateModel(
                    name="MachineAssertion",
                    fields=[
                        ("hash", models.BinaryField(primary_key=True, serialize=False)),
                        ("until", models.DateTimeField()),
                    ],
                    options={"db_table": "access_machine_assertion"},
                ),
            ],
        )
    ]
