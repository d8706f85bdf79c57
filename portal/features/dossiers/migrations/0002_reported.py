"""Make the tables of what bodies report of dossiers, with a wall around each citizen's rows and each body's.

`app.body` is set by `reported.actions` and `reported.queries` only, inside their transactions: a body reaches what it
reported itself, and of what is sealed to citizens it can read nothing. Counts of durations name nobody.
"""

from django.db import migrations, models

CREATE = """
create table dossiers_reported (
    citizen_id uuid not null,
    dossier uuid not null,
    body text not null,
    reported_at timestamptz not null,
    ends_at timestamptz not null,
    is_waiting boolean not null,
    sealed bytea not null,
    primary key (citizen_id, dossier)
);
create index dossiers_reported_dossier on dossiers_reported (dossier);
create index dossiers_reported_ends on dossiers_reported (ends_at);
alter table dossiers_reported enable row level security;
alter table dossiers_reported force row level security;
create policy citizen on dossiers_reported to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy body on dossiers_reported to portal
    using (body = nullif(current_setting('app.body', true), ''));
create policy term_seen on dossiers_reported for select to worker using (true);
create policy term on dossiers_reported for delete to worker using (true);

create table dossiers_upload (
    body text not null,
    upload uuid not null,
    content bytea not null,
    dossier uuid not null,
    changed_at timestamptz not null,
    received_at timestamptz not null,
    ends_at timestamptz not null,
    is_newest boolean not null,
    is_removed boolean not null default false,
    state bytea not null,
    since timestamptz not null,
    begun_at timestamptz not null,
    is_closed boolean not null,
    sealed bytea not null,
    primary key (body, upload)
);
create index dossiers_upload_dossier on dossiers_upload (dossier, changed_at);
create index dossiers_upload_ends on dossiers_upload (ends_at);
alter table dossiers_upload enable row level security;
alter table dossiers_upload force row level security;
create policy body on dossiers_upload to portal
    using (body = nullif(current_setting('app.body', true), ''));
create policy term_seen on dossiers_upload for select to worker using (true);
create policy term on dossiers_upload for delete to worker using (true);

create table dossiers_duration (
    state bytea not null,
    days integer not null check (days >= 0),
    dossiers integer not null check (dossiers > 0),
    primary key (state, days)
);

revoke all on dossiers_reported, dossiers_upload, dossiers_duration from public;
grant select, insert, delete, update (is_waiting, sealed) on dossiers_reported to portal;
grant select, insert, update (is_removed) on dossiers_upload to portal;
grant select, insert, update (dossiers) on dossiers_duration to portal;
grant select (ends_at), delete on dossiers_reported to worker;
grant select (ends_at), delete on dossiers_upload to worker;
"""
DROP = "drop table dossiers_reported, dossiers_upload, dossiers_duration"


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_seen")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Reported",
                    fields=[
                        ("pk", _key("citizen_id", "dossier")),
                        ("citizen_id", models.UUIDField()),
                        ("dossier", models.UUIDField()),
                        ("body", models.TextField()),
                        ("reported_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("is_waiting", models.BooleanField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={
                        "db_table": "dossiers_reported",
                        "indexes": [
                            models.Index(fields=["dossier"], name="dossiers_reported_dossier"),
                            models.Index(fields=["ends_at"], name="dossiers_reported_ends"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Upload",
                    fields=[
                        ("pk", _key("body", "upload")),
                        ("body", models.TextField()),
                        ("upload", models.UUIDField()),
                        ("content", models.BinaryField()),
                        ("dossier", models.UUIDField()),
                        ("changed_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("is_newest", models.BooleanField()),
                        ("is_removed", models.BooleanField()),
                        ("state", models.BinaryField()),
                        ("since", models.DateTimeField()),
                        ("begun_at", models.DateTimeField()),
                        ("is_closed", models.BooleanField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={
                        "db_table": "dossiers_upload",
                        "indexes": [
                            models.Index(fields=["dossier", "changed_at"], name="dossiers_upload_dossier"),
                            models.Index(fields=["ends_at"], name="dossiers_upload_ends"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Duration",
                    fields=[
                        ("pk", _key("state", "days")),
                        ("state", models.BinaryField()),
                        ("days", models.IntegerField()),
                        ("dossiers", models.IntegerField()),
                    ],
                    options={"db_table": "dossiers_duration"},
                ),
            ],
        )
    ]
