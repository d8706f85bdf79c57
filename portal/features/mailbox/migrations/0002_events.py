"""Make the tables with which the worker fetches what happens in boxes while their citizens are away.

The portal puts a box in and takes it away; it does not read it back. The worker finds it by its mark, which it adds.
"""

from django.db import migrations, models

CREATE = """
create table mailbox_box (
    citizen_id uuid primary key,
    mark bytea unique,
    sealed bytea not null
);
create index mailbox_box_new on mailbox_box (citizen_id) where mark is null;
alter table mailbox_box enable row level security;
alter table mailbox_box force row level security;
create policy citizen on mailbox_box to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy events on mailbox_box to worker using (true) with check (true);
revoke all on mailbox_box from public;
grant select (citizen_id), insert (citizen_id, sealed), delete on mailbox_box to portal;
grant select, update (mark) on mailbox_box to worker;

create table mailbox_event (
    citizen_id uuid not null,
    mark bytea not null,
    at timestamptz not null,
    ends_at timestamptz not null,
    primary key (citizen_id, mark)
);
create index mailbox_event_ends on mailbox_event (ends_at);
alter table mailbox_event enable row level security;
alter table mailbox_event force row level security;
create policy citizen on mailbox_event to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy events on mailbox_event to worker using (true) with check (true);
revoke all on mailbox_event from public;
grant select (citizen_id, at, ends_at), delete on mailbox_event to portal;
grant select, insert, delete on mailbox_event to worker;

create table mailbox_cursor (
    source text primary key,
    number bigint not null,
    proof bytea,
    at timestamptz not null
);
revoke all on mailbox_cursor from public;
grant select, insert, update (number, proof, at) on mailbox_cursor to worker;
"""
DROP = "drop table mailbox_cursor; drop table mailbox_event; drop table mailbox_box"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_link")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="MailboxBox",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("mark", models.BinaryField(null=True, unique=True)),
                        ("sealed", models.BinaryField()),
                    ],
                    options={
                        "db_table": "mailbox_box",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("mark__isnull", True)),
                                fields=["citizen_id"],
                                name="mailbox_box_new",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventTaken",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "citizen_id", "mark", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "mailbox_event",
                        "indexes": [models.Index(fields=["ends_at"], name="mailbox_event_ends")],
                    },
                ),
                migrations.CreateModel(
                    name="EventCursor",
                    fields=[
                        ("source", models.TextField(primary_key=True, serialize=False)),
                        ("number", models.BigIntegerField()),
                        ("proof", models.BinaryField(null=True)),
                        ("at", models.DateTimeField()),
                    ],
                    options={"db_table": "mailbox_cursor"},
                ),
            ],
        )
    ]
