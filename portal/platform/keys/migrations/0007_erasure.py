"""Remember for hours that a citizen is being erased, and let the worker finish what the portal began, of nobody else.

The portal says in their own name that it erases somebody before it takes anything (`keys_erasure`); the worker's
function takes the keys of those alone, so that its password erases nobody who did not ask. The row stays a while
after it, and lets nobody make keys for them again but a sign-in, which takes it away.
"""

from django.db import migrations, models

TABLE = """
create table keys_erasure (
    citizen_id uuid primary key,
    begun_at timestamptz not null default now(),
    erased_at timestamptz
);
alter table keys_erasure enable row level security;
alter table keys_erasure force row level security;
create policy citizen on keys_erasure to portal, worker
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term_seen on keys_erasure for select to worker using (true);
create policy term on keys_erasure for delete to worker using (true);
create policy erasure on keys_erasure to current_role
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on keys_erasure from public;
grant select, insert (citizen_id), update (begun_at), delete on keys_erasure to portal;
grant select, delete on keys_erasure to worker;
"""
ERASE = """
create or replace function keys_erase(citizen uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    had_keys boolean;
begin
    if citizen is distinct from nullif(current_setting('app.citizen', true), '')::uuid then
        raise exception 'keys are erased in the name of their own citizen' using errcode = 'insufficient_privilege';
    end if;
    -- The row first: whoever makes keys holds it meanwhile, and finds afterwards that there are to be none.
    insert into public.keys_erasure (citizen_id, erased_at) values (citizen, now())
    on conflict (citizen_id) do update set erased_at = excluded.erased_at;
    delete from public.keys_citizen k where k.citizen_id = citizen;
    had_keys := found;
    delete from public.keys_subject s where s.citizen_id = citizen;
    return had_keys;
end
$$;
create function keys_erase_begun(citizen uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from public.keys_erasure e where e.citizen_id = citizen) then
        raise exception 'nobody began to erase them' using errcode = 'insufficient_privilege';
    end if;
    return public.keys_erase(citizen);
end
$$;
revoke all on function keys_erase_begun(uuid) from public;
grant execute on function keys_erase_begun(uuid) to worker;
"""
BACK = """
drop function keys_erase_begun(uuid);
create or replace function keys_erase(citizen uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    had_keys boolean;
begin
    if citizen is distinct from nullif(current_setting('app.citizen', true), '')::uuid then
        raise exception 'keys are erased in the name of their own citizen' using errcode = 'insufficient_privilege';
    end if;
    delete from public.keys_citizen k where k.citizen_id = citizen;
    had_keys := found;
    delete from public.keys_subject s where s.citizen_id = citizen;
    return had_keys;
end
$$;
drop table keys_erasure;
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0006_errands")]
    operations = [
        migrations.RunSQL(
            [TABLE, ERASE],
            BACK,
            state_operations=[
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("begun_at", models.DateTimeField()),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": "keys_erasure"},
                ),
            ],
        )
    ]
