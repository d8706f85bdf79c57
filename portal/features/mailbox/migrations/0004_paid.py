"""Make the table of what people marked as paid, with a wall around each citizen's rows."""

from django.db import migrations, models

CREATE = """
create table mailbox_paid (
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    since timestamptz not null,
    primary key (citizen_id, mark)
);
alter table mailbox_paid enable row level security;
alter table mailbox_paid force row level security;
create policy citizen on mailbox_paid to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on mailbox_paid for select to worker using (true);
create policy term on mailbox_paid for delete to worker using (true);
revoke all on mailbox_paid from public;
grant select, insert, delete on mailbox_paid to portal;
grant select (citizen_id, since), delete on mailbox_paid to worker;
"""
DROP = "drop table mailbox_paid"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0003_deaths")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="PaidMark",
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
                    options={"db_table": "mailbox_paid"},
                ),
            ],
        )
    ]
