"""Make the tables of what people keep of their eBox, with a wall around each citizen's rows.

The worker sees of copies only when those were begun that were never finished, and takes them away; of whom it names
(`pool.as_citizens`), since they were not here for two years, also whose they are and how large. What is sealed is
stored as it is: nothing makes it smaller.
"""

from django.db import migrations, models

CREATE = """
create table mailbox_archive (
    citizen_id uuid primary key,
    sealed bytea not null,
    consent text not null,
    since timestamptz not null
);
alter table mailbox_archive enable row level security;
alter table mailbox_archive force row level security;
create policy citizen on mailbox_archive to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on mailbox_archive from public;
grant select, insert, delete, update (sealed, consent, since) on mailbox_archive to portal;
create policy retire_seen on mailbox_archive for select to worker
    using (citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[]));
create policy retire on mailbox_archive for delete to worker
    using (citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[]));
grant select (citizen_id), delete on mailbox_archive to worker;

create table mailbox_copy (
    id uuid primary key,
    citizen_id uuid not null,
    mark bytea not null,
    begun_at timestamptz not null,
    kept_at timestamptz,
    size bigint not null default 0,
    sealed bytea,
    unique (citizen_id, mark),
    check (size >= 0),
    check ((kept_at is null) = (sealed is null))
);
create index mailbox_copy_begun on mailbox_copy (begun_at) where kept_at is null;
alter table mailbox_copy enable row level security;
alter table mailbox_copy force row level security;
create policy citizen on mailbox_copy to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy unfinished_seen on mailbox_copy for select to worker using (kept_at is null);
create policy unfinished on mailbox_copy for delete to worker using (kept_at is null);
create policy retire_seen on mailbox_copy for select to worker
    using (citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[]));
create policy retire on mailbox_copy for delete to worker
    using (citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[]));
revoke all on mailbox_copy from public;
grant select, insert, delete, update (kept_at, size, sealed) on mailbox_copy to portal;
grant select (begun_at, citizen_id, id, kept_at, size), delete on mailbox_copy to worker;

create table mailbox_copy_part (
    copy_id uuid not null references mailbox_copy on delete cascade,
    item integer not null,
    number integer not null,
    citizen_id uuid not null,
    sealed bytea not null,
    primary key (copy_id, item, number)
);
alter table mailbox_copy_part alter column sealed set storage external;
alter table mailbox_copy_part enable row level security;
alter table mailbox_copy_part force row level security;
create policy citizen on mailbox_copy_part to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on mailbox_copy_part from public;
grant select, insert, delete on mailbox_copy_part to portal;
"""
DROP = "drop table mailbox_copy_part; drop table mailbox_copy; drop table mailbox_archive"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0007_reminders")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="ArchiveYes",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("sealed", models.BinaryField()),
                        ("consent", models.TextField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "mailbox_archive"},
                ),
                migrations.CreateModel(
                    name="MailboxCopy",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("begun_at", models.DateTimeField()),
                        ("kept_at", models.DateTimeField(null=True)),
                        ("size", models.BigIntegerField()),
                        ("sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "db_table": "mailbox_copy",
                        "constraints": [
                            models.UniqueConstraint(fields=("citizen_id", "mark"), name="mailbox_copy_once")
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("kept_at__isnull", True)),
                                fields=["begun_at"],
                                name="mailbox_copy_begun",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CopyPiece",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "copy_id",
                                "item",
                                "number",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "copy",
                            models.ForeignKey(
                                db_index=False, on_delete=models.deletion.CASCADE, to="mailbox.mailboxcopy"
                            ),
                        ),
                        ("item", models.IntegerField()),
                        ("number", models.IntegerField()),
                        ("citizen_id", models.UUIDField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={"db_table": "mailbox_copy_part"},
                ),
            ],
        )
    ]
