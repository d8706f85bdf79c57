"""Let each process of the portal say for operators what it sees of its sources; there is nothing of anybody in it."""

from django.db import migrations, models

CREATE = """
create unlogged table sources_process (
    place text not null,
    number smallint not null,
    pid integer not null,
    began_at timestamptz not null,
    heard_at timestamptz not null default now(),
    states bytea not null,
    primary key (place, number)
);
revoke all on sources_process from public;
grant insert (place, number, pid, began_at, states), select, update (pid, began_at, heard_at, states), delete
    on sources_process to portal;
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0004_described")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table sources_process")],
            state_operations=[
                migrations.CreateModel(
                    name="Process",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "place", "number", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("place", models.TextField()),
                        ("number", models.SmallIntegerField()),
                        ("pid", models.IntegerField()),
                        ("began_at", models.DateTimeField()),
                        ("heard_at", models.DateTimeField()),
                        ("states", models.BinaryField()),
                    ],
                    options={"db_table": "sources_process"},
                )
            ],
        )
    ]
