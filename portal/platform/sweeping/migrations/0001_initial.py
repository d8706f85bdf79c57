"""Make the one row that says how sweeping goes. The worker writes it; the portal shows it to operators."""

from django.db import migrations, models

CREATE = """
create table sweeping_state (
    only_one boolean primary key default true check (only_one),
    trusted_at timestamptz,
    trusted_by text not null default '',
    trusted_why text not null default '',
    looked_at timestamptz,
    trouble text,
    counted_at timestamptz,
    overdue jsonb not null default '{}'
);
insert into sweeping_state default values;
revoke all on sweeping_state from public;
grant select, update (trusted_at, trusted_by, trusted_why, looked_at, trouble, counted_at, overdue)
    on sweeping_state to worker;
grant select (looked_at, trouble, counted_at, overdue) on sweeping_state to portal;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table sweeping_state")],
            state_operations=[
                migrations.CreateModel(
                    name="SweepState",
                    fields=[
                        ("only_one", models.BooleanField(primary_key=True, serialize=False)),
                        ("trusted_at", models.DateTimeField(null=True)),
                        ("trusted_by", models.TextField()),
                        ("trusted_why", models.TextField()),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("trouble", models.TextField(null=True)),
                        ("counted_at", models.DateTimeField(null=True)),
                        ("overdue", models.JSONField()),
                    ],
                    options={"db_table": "sweeping_state"},
                ),
            ],
        )
    ]
