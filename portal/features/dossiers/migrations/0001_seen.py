"""Make the table of what people saw of their dossiers, with a wall around each citizen's rows."""

from django.db import migrations, models

CREATE = """
create table dossiers_seen (
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    since timestamptz not null,
    primary key (citizen_id, mark)
);
alter table dossiers_seen enable row level security;
alter table dossiers_seen force row level security;
create policy citizen on dossiers_seen to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on dossiers_seen for select to worker using (true);
create policy term on dossiers_seen for delete to worker using (true);
revoke all on dossiers_seen from public;
grant select, insert, delete on dossiers_seen to portal;
grant select (since), delete on dossiers_seen to worker;
"""
DROP = "drop table dossiers_seen"


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Seen",
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
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "dossiers_seen"},
                ),
            ],
        )
    ]
