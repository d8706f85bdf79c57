"""Make the table of what people do not want to be told any more, with a wall around each citizen's rows."""

from django.db import migrations, models

CREATE = """
create table profile_dismissal (
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    since timestamptz not null,
    primary key (citizen_id, mark)
);
alter table profile_dismissal enable row level security;
alter table profile_dismissal force row level security;
create policy citizen on profile_dismissal to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on profile_dismissal for select to worker using (true);
create policy term on profile_dismissal for delete to worker using (true);
revoke all on profile_dismissal from public;
grant select, insert, delete on profile_dismissal to portal;
grant select (since), delete on profile_dismissal to worker;
"""
DROP = "drop table profile_dismissal"


class Migration(migrations.Migration):
    dependencies = [("profile", "0003_described")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Dismissal",
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
                    options={"db_table": "profile_dismissal"},
                ),
            ],
        )
    ]
