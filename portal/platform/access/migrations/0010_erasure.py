"""Keep which erasures are still to be finished, and let devices go with the citizen whose erasure stands there.

The row comes with all that goes in this database, in one transaction, and goes when the key database has let go too.
The portal may still take away no kind of device (0006) but of who is being erased: their keys go as well then.
"""

from django.db import migrations, models

SQL = """
create table access_erasure (
    id uuid primary key,
    citizen_id uuid not null unique,
    at timestamptz not null
);
alter table access_erasure enable row level security;
alter table access_erasure force row level security;
create policy citizen on access_erasure to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy finishing on access_erasure to worker using (true) with check (false);
revoke all on access_erasure from public;
grant select, insert, delete on access_erasure to portal;
grant select, delete on access_erasure to worker;
grant delete on access_device to portal;
create policy erased on access_device as restrictive for delete to portal
    using (exists (select from access_erasure e where e.citizen_id = access_device.citizen_id));
insert into jobs_deferrable (task) values ('access.finish_erasing');
"""
BACK = """
delete from jobs_deferrable where task = 'access.finish_erasing';
drop policy erased on access_device;
revoke delete on access_device from portal;
drop table access_erasure;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0009_terms"), ("jobs", "0003_rights")]
    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            state_operations=[
                migrations.CreateModel(
                    name="UnfinishedErasure",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField(unique=True)),
                        ("at", models.DateTimeField()),
                    ],
                    options={"db_table": "access_erasure"},
                ),
            ],
        )
    ]
