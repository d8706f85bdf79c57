"""Keep for some days of whom the federation is still to be told that their eBox is not linked any more, once they had
everything erased.

Unlogged: it stands in no back-up, and a crash of the database forgets it. The portal goes round and sees whose turn
it is; it opens nothing without the key that makes pseudonyms, which the database does not have.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
create unlogged table mailbox_farewell (
    citizen_id uuid primary key references mailbox_untold on delete cascade,
    sealed bytea not null,
    due_at timestamptz not null,
    ends_at timestamptz not null
);
alter table mailbox_farewell enable row level security;
alter table mailbox_farewell force row level security;
create policy citizen on mailbox_farewell to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy rounds on mailbox_farewell for select to portal using (true);
create policy term_seen on mailbox_farewell for select to worker using (true);
revoke all on mailbox_farewell from public;
grant select, insert, delete, update (due_at, ends_at, sealed) on mailbox_farewell to portal;
grant select (citizen_id, ends_at) on mailbox_farewell to worker;
"""
DROP = "drop table mailbox_farewell"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0008_archive")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Farewell",
                    fields=[
                        (
                            "citizen",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                serialize=False,
                                to="mailbox.untoldlink",
                            ),
                        ),
                        ("sealed", models.BinaryField()),
                        ("due_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={"db_table": "mailbox_farewell"},
                ),
            ],
        )
    ]
