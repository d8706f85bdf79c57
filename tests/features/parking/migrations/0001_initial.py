"""Make the table of permits, with a wall around each citizen's rows, let pages put in its job, count what is new."""

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
create function parking_unmarked(citizen uuid) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return (select count(*) from public.parking_permit p where p.citizen_id = citizen and not p.is_marked);
end
$$;
revoke all on function parking_unmarked(uuid) from public;
grant execute on function parking_unmarked(uuid) to portal;
"""


class Migration(migrations.Migration):
    """Make it."""

    dependencies = [("jobs", "0003_rights")]
    operations = [migrations.RunSQL(CREATE)]
