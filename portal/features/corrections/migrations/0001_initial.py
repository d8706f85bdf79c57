"""Make the tables of reports, with a wall around each citizen's, and one around each body's.

`app.body` is set by `actions.receive_status` only, inside its transaction: it shows a body's reports to nobody else.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
create table corrections_report (
    id uuid primary key,
    citizen_id uuid not null,
    form_key uuid not null,
    reference text not null unique,
    body text not null,
    dataset text not null,
    sealed bytea not null,
    reported_at timestamptz not null,
    until timestamptz not null,
    attempts integer not null default 0,
    delivered_at timestamptz,
    failed_at timestamptz,
    failure text check (failure in ('refused', 'unreachable', 'unreadable', 'no_form')),
    constraint corrections_report_form_key unique (citizen_id, form_key),
    check (delivered_at is null or failed_at is null),
    check ((failed_at is null) = (failure is null))
);
create index corrections_report_citizen on corrections_report (citizen_id, reported_at);
alter table corrections_report enable row level security;
alter table corrections_report force row level security;
create policy citizen on corrections_report to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy body on corrections_report for select to portal
    using (body = nullif(current_setting('app.body', true), ''));
create policy delivery on corrections_report to worker using (true) with check (true);

create table corrections_delivery (
    report_id uuid primary key references corrections_report on delete cascade,
    citizen_id uuid not null,
    sealed bytea not null
);
alter table corrections_delivery enable row level security;
alter table corrections_delivery force row level security;
create policy citizen on corrections_delivery to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy delivery on corrections_delivery to worker using (true);

create table corrections_status (
    report_id uuid not null references corrections_report on delete cascade,
    number bigint not null check (number >= 0),
    citizen_id uuid not null,
    mark bytea not null,
    sealed bytea not null,
    received_at timestamptz not null,
    primary key (report_id, number)
);
alter table corrections_status enable row level security;
alter table corrections_status force row level security;
create policy citizen on corrections_status to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on corrections_status for select to worker using (true);

revoke all on corrections_report, corrections_delivery, corrections_status from public;
grant select, insert, delete on corrections_report to portal;
-- The portal inserts what is sealed for the worker, and cannot read it back.
grant insert, select (report_id, citizen_id), delete on corrections_delivery to portal;
grant select, insert, delete on corrections_status to portal;
grant select (id, citizen_id, body, dataset, reported_at, until, attempts, delivered_at, failed_at), delete,
    update (attempts, delivered_at, failed_at, failure) on corrections_report to worker;
grant select, delete on corrections_delivery to worker;
grant select (report_id, received_at) on corrections_status to worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE, "drop table corrections_status, corrections_delivery, corrections_report")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField()),
                        ("form_key", models.UUIDField()),
                        ("reference", models.TextField(unique=True)),
                        ("body", models.TextField()),
                        ("dataset", models.TextField()),
                        ("sealed", models.BinaryField()),
                        ("reported_at", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        ("attempts", models.IntegerField(default=0)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("failure", models.TextField(null=True)),
                    ],
                    options={
                        "db_table": "corrections_report",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("citizen_id", "form_key"), name="corrections_report_form_key"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "report",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                serialize=False,
                                to="corrections.report",
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={"db_table": "corrections_delivery"},
                ),
                migrations.CreateModel(
                    name="Status",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "report_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.BigIntegerField()),
                        ("citizen_id", models.UUIDField()),
                        ("mark", models.BinaryField()),
                        ("sealed", models.BinaryField()),
                        ("received_at", models.DateTimeField()),
                        (
                            "report",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="corrections.report"),
                        ),
                    ],
                    options={"db_table": "corrections_status"},
                ),
            ],
        )
    ]
