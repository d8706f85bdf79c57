"""Give each session its citizen, what their list says of it, and a wall around its row; remember devices.

A row is seen by whoever holds the cookie's secret (`app.session`, set inside `access_session_find` from the id that
is derived from it) and by its citizen (`app.citizen`). The worker takes away what has expired, and sees when only.
"""

from django.db import migrations, models

SQL = """
truncate access_session cascade;
alter table access_session add column citizen_id uuid not null;
alter table access_session add column sealed_about bytea not null;
create index access_session_citizen on access_session (citizen_id);
alter table access_session enable row level security;
alter table access_session force row level security;
create policy citizen on access_session to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy holder on access_session for select to portal
    using (id = decode(nullif(current_setting('app.session', true), ''), 'hex'));
create policy visit on access_session for update to portal
    using (id = decode(nullif(current_setting('app.session', true), ''), 'hex'));
revoke update on access_session from portal;
grant update (last_seen_at) on access_session to portal;
create policy expired on access_session to worker using (true) with check (false);
grant select (id, opened_at, last_seen_at), delete on access_session to worker;

-- One statement finds a session, although its citizen is not known before it is found.
create function access_session_find(
    wanted bytea, moment timestamptz, idle interval, absolute interval, quiet interval
)
returns table (citizen uuid, sealed bytea, opened timestamptz, seen timestamptz)
language plpgsql as $$
begin
    perform set_config('app.session', encode(wanted, 'hex'), true);
    return query
        select s.citizen_id, s.sealed_identity, s.opened_at, s.last_seen_at from access_session s
        where s.id = wanted and s.last_seen_at > moment - idle and s.opened_at > moment - absolute;
    if found then
        update access_session s set last_seen_at = moment where s.id = wanted and s.last_seen_at <= moment - quiet;
    end if;
    perform set_config('app.session', '', true);
end
$$;
revoke all on function access_session_find from public;
grant execute on function access_session_find to portal;

create table access_device (
    citizen_id uuid not null,
    kind bytea not null,
    first_seen_on date not null,
    last_seen_on date not null,
    primary key (citizen_id, kind)
);
alter table access_device enable row level security;
alter table access_device force row level security;
create policy citizen on access_device to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on access_device to worker using (true) with check (false);
revoke all on access_device from public;
grant select, insert, update, delete on access_device to portal;
grant select (last_seen_on), delete on access_device to worker;
"""
BACK = """
drop table access_device;
drop function access_session_find;
drop policy citizen on access_session;
drop policy holder on access_session;
drop policy visit on access_session;
grant update on access_session to portal;
drop policy expired on access_session;
alter table access_session no force row level security;
alter table access_session disable row level security;
alter table access_session drop column citizen_id, drop column sealed_about;
revoke all on access_session from worker;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL, BACK)],
            state_operations=[
                migrations.AddField("session", "citizen_id", models.UUIDField(default=None), preserve_default=False),
                migrations.AddField(
                    "session", "sealed_about", models.BinaryField(default=b""), preserve_default=False
                ),
                migrations.CreateModel(
                    name="Device",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "citizen_id", "kind", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("kind", models.BinaryField()),
                        ("first_seen_on", models.DateField()),
                        ("last_seen_on", models.DateField()),
                    ],
                    options={"db_table": "access_device"},
                ),
            ],
        )
    ]
