"""Make the table of links that the federation does not know of yet; who linked before was never told of."""

from django.db import migrations, models

CREATE = """
create table mailbox_untold (
    citizen_id uuid primary key,
    wish uuid not null,
    due_at timestamptz not null,
    ends_at timestamptz
);
alter table mailbox_link no force row level security;
insert into mailbox_untold select citizen_id, gen_random_uuid(), now(), null from mailbox_link;
alter table mailbox_link force row level security;
alter table mailbox_untold enable row level security;
alter table mailbox_untold force row level security;
create policy citizen on mailbox_untold to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on mailbox_untold for select to worker using (true);
create policy term on mailbox_untold for delete to worker using (true);
revoke all on mailbox_untold from public;
grant select, insert, delete, update (wish, due_at, ends_at) on mailbox_untold to portal;
grant select (citizen_id, ends_at), delete on mailbox_untold to worker;
"""
DROP = "drop table mailbox_untold"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0004_paid")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="UntoldLink",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("wish", models.UUIDField()),
                        ("due_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": "mailbox_untold"},
                ),
            ],
        )
    ]
