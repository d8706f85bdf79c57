"""Make the tables of what people arranged, and of their folders, with a wall around each citizen's rows."""

from django.db import migrations, models

CREATE = """
create table mailbox_arranged (
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    since timestamptz not null,
    ends_at timestamptz,
    primary key (citizen_id, mark)
);
create index mailbox_arranged_ends on mailbox_arranged (ends_at);
create table mailbox_folder (
    citizen_id uuid not null,
    id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    since timestamptz not null,
    primary key (citizen_id, id),
    constraint mailbox_folder_name unique (citizen_id, mark)
);
alter table mailbox_arranged enable row level security;
alter table mailbox_arranged force row level security;
create policy citizen on mailbox_arranged to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on mailbox_arranged for select to worker using (true);
create policy term on mailbox_arranged for delete to worker using (true);
alter table mailbox_folder enable row level security;
alter table mailbox_folder force row level security;
create policy citizen on mailbox_folder to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy end_seen on mailbox_folder for select to worker using (true);
create policy end_of_it on mailbox_folder for delete to worker using (true);
revoke all on mailbox_arranged, mailbox_folder from public;
grant select, insert, update (sealed, ends_at), delete on mailbox_arranged to portal;
grant select (citizen_id, ends_at), delete on mailbox_arranged to worker;
grant select, insert, update (mark, sealed), delete on mailbox_folder to portal;
grant select (citizen_id), delete on mailbox_folder to worker;
"""
DROP = "drop table mailbox_arranged, mailbox_folder"


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0005_untold")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="ArrangedMark",
                    fields=[
                        ("pk", _key("citizen_id", "mark")),
                        ("citizen_id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("sealed", models.BinaryField()),
                        ("since", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "mailbox_arranged",
                        "indexes": [models.Index(fields=["ends_at"], name="mailbox_arranged_ends")],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentFolder",
                    fields=[
                        ("pk", _key("citizen_id", "id")),
                        ("citizen_id", models.UUIDField()),
                        ("id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("sealed", models.BinaryField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "mailbox_folder",
                        "constraints": [
                            models.UniqueConstraint(fields=["citizen_id", "mark"], name="mailbox_folder_name")
                        ],
                    },
                ),
            ],
        )
    ]
