"""Make the table of who linked their eBox, with a wall around each citizen's row.

`portal` sees the row of the citizen it acts for. Nobody else has any right to it.
"""

from django.db import migrations, models

CREATE = """
create table mailbox_link (
    citizen_id uuid primary key,
    sealed bytea not null,
    consent text not null,
    since timestamptz not null
);
alter table mailbox_link enable row level security;
alter table mailbox_link force row level security;
create policy citizen on mailbox_link to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on mailbox_link from public;
grant select, insert, delete, update (sealed, consent, since) on mailbox_link to portal;
"""
DROP = "drop table mailbox_link"


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="MailboxLink",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("sealed", models.BinaryField()),
                        ("consent", models.TextField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "mailbox_link"},
                ),
            ],
        )
    ]
