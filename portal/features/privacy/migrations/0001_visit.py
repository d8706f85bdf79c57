"""Make the table of last sign-ins, with a wall around each citizen's row.

`portal` sees the row of the citizen it acts for. The worker, which counts the days, sees all of them.
"""

from django.db import migrations, models

CREATE = """
create table privacy_visit (
    citizen_id uuid primary key,
    seen_on date,
    announced_on date,
    retired_on date,
    check ((seen_on is null) = (retired_on is not null)),
    check (announced_on is null or seen_on is not null)
);
create index privacy_visit_seen on privacy_visit (seen_on, citizen_id) where seen_on is not null;
alter table privacy_visit enable row level security;
alter table privacy_visit force row level security;
create policy citizen on privacy_visit to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on privacy_visit to worker using (true) with check (true);
revoke all on privacy_visit from public;
grant select, insert, delete, update (seen_on, announced_on, retired_on) on privacy_visit to portal;
grant select, insert, update (seen_on, announced_on, retired_on) on privacy_visit to worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table privacy_visit")],
            state_operations=[
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("seen_on", models.DateField(null=True)),
                        ("announced_on", models.DateField(null=True)),
                        ("retired_on", models.DateField(null=True)),
                    ],
                    options={"db_table": "privacy_visit"},
                ),
                migrations.AddIndex(
                    model_name="visit",
                    index=models.Index(
                        condition=models.Q(("seen_on__isnull", False)),
                        fields=["seen_on", "citizen_id"],
                        name="privacy_visit_seen",
                    ),
                ),
            ],
        )
    ]
