"""Make the tables of requests about rights, with a wall around each citizen's."""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
create table privacy_request (
    id uuid primary key,
    citizen_id uuid not null,
    form_key uuid not null,
    reference text not null unique,
    gdpr_right text not null check (
        gdpr_right in ('inzage', 'verbetering', 'wissing', 'intrekking', 'bezwaar', 'beperking', 'overdracht')
    ),
    body text not null,
    sealed bytea not null,
    received_at timestamptz not null,
    due_on date not null,
    extended_on date check (extended_on > due_on),
    attempts integer not null default 0,
    delivered_at timestamptz,
    delivered_to text check (delivered_to in ('body', 'desk', 'centre')),
    failed_at timestamptz,
    failure text check (failure in ('refused', 'bounced', 'unreachable', 'no_address', 'unreadable')),
    warned_at timestamptz,
    closed_at timestamptz,
    closed_by text check (closed_by in ('citizen', 'desk')),
    constraint privacy_request_form_key unique (citizen_id, form_key),
    check ((delivered_at is null) = (delivered_to is null)),
    check ((failed_at is null) = (failure is null)),
    check ((closed_at is null) = (closed_by is null))
);
create index privacy_request_citizen on privacy_request (citizen_id, received_at);
alter table privacy_request enable row level security;
alter table privacy_request force row level security;
create policy citizen on privacy_request to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy forwarding on privacy_request to worker using (true) with check (true);

create table privacy_request_errand (
    request_id uuid primary key references privacy_request on delete cascade,
    citizen_id uuid not null,
    sealed bytea not null
);
alter table privacy_request_errand enable row level security;
alter table privacy_request_errand force row level security;
create policy citizen on privacy_request_errand to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy forwarding on privacy_request_errand to worker using (true);

create table privacy_request_news (
    request_id uuid not null references privacy_request on delete cascade,
    kind text not null check (kind in ('extended', 'answered')),
    citizen_id uuid not null,
    sealed bytea not null,
    at timestamptz not null,
    primary key (request_id, kind)
);
alter table privacy_request_news enable row level security;
alter table privacy_request_news force row level security;
create policy citizen on privacy_request_news to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy desk on privacy_request_news to worker using (true) with check (true);

revoke all on privacy_request, privacy_request_errand, privacy_request_news from public;
grant insert, select, delete, update (closed_at, closed_by) on privacy_request to portal;
-- The portal inserts what is sealed for the worker, and cannot read it back.
grant insert, select (request_id, citizen_id) on privacy_request_errand to portal;
grant select on privacy_request_news to portal;
grant select (
        id, citizen_id, reference, gdpr_right, body, received_at, due_on, extended_on, attempts, delivered_at,
        delivered_to, failed_at, failure, warned_at, closed_at, closed_by
    ), delete,
    update (
        extended_on, attempts, delivered_at, delivered_to, failed_at, failure, warned_at, closed_at, closed_by
    ) on privacy_request to worker;
grant select, delete on privacy_request_errand to worker;
grant insert on privacy_request_news to worker;
insert into jobs_deferrable (task) values ('privacy.forward');
"""
BACK = """
delete from jobs_deferrable where task = 'privacy.forward';
drop table privacy_request_news, privacy_request_errand, privacy_request
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_visit"), ("jobs", "0003_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="RightsRequest",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField()),
                        ("form_key", models.UUIDField()),
                        ("reference", models.TextField(unique=True)),
                        ("gdpr_right", models.TextField()),
                        ("body", models.TextField()),
                        ("sealed", models.BinaryField()),
                        ("received_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        ("extended_on", models.DateField(null=True)),
                        ("attempts", models.IntegerField()),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("delivered_to", models.TextField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("failure", models.TextField(null=True)),
                        ("warned_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by", models.TextField(null=True)),
                    ],
                    options={
                        "db_table": "privacy_request",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("citizen_id", "form_key"), name="privacy_request_form_key"
                            )
                        ],
                        "indexes": [
                            models.Index(fields=["citizen_id", "received_at"], name="privacy_request_citizen")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestErrand",
                    fields=[
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                serialize=False,
                                to="privacy.rightsrequest",
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={"db_table": "privacy_request_errand"},
                ),
                migrations.CreateModel(
                    name="RequestNews",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "request_id", "kind", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("citizen_id", models.UUIDField()),
                        ("sealed", models.BinaryField()),
                        ("at", models.DateTimeField()),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="privacy.rightsrequest",
                            ),
                        ),
                    ],
                    options={"db_table": "privacy_request_news"},
                ),
            ],
        )
    ]
