"""Create the table of kept answers: UNLOGGED, gone with its session, for the role `portal` alone."""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
create unlogged table sources_answer (
    session_id bytea not null references access_session (id) on delete cascade,
    dataset text not null,
    sealed bytea not null,
    kept_at timestamptz not null default now(),
    primary key (session_id, dataset)
);
grant select, insert, update, delete on sources_answer to portal;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table sources_answer")],
            state_operations=[
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "session_id",
                                "dataset",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("dataset", models.TextField()),
                        ("sealed", models.BinaryField()),
                        ("kept_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "session",
                            models.ForeignKey(
                                db_column="session_id",
                                on_delete=django.db.models.deletion.CASCADE,
                                to="access.session",
                            ),
                        ),
                    ],
                    options={"db_table": "sources_answer"},
                )
            ],
        )
    ]
