"""Make the table of permits, with a wall around each citizen's rows, and let pages put in its job."""

from django.db import migrations

CREATE = """
create table parking_permit (
    id uuid primary key,
    citizen_id uuid not null,
    plate text not null,
    is_marked boolean not null default false,
    at timestamptz not null
);
alter table parking_permit enable row level security;
alter table parking_permit force row level security;
create policy citizen on parking_permit to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy mark on parking_permit to worker using (true);
grant select, insert, delete on parking_permit to portal;
grant select, update (is_marked), delete on parking_permit to worker;
insert into jobs_deferrable (task) values ('parking.mark');
"""


class Migration(migrations.Migration):
    """Make it."""

    dependencies = [("jobs", "0003_rights")]
    operations = [migrations.RunSQL(CREATE)]
