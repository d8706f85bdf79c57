"""Give each citizen a random name for the journal, beside their keys, and let the one function that erases take both.

The journal named its entries by the pseudonym, which stays for ever and is found by whoever holds its key and tries
all national numbers. A random name says nothing once its row is gone.
"""

from django.db import migrations, models

SUBJECT = """
create table keys_subject (
    citizen_id uuid primary key,
    subject text not null
);
alter table keys_subject enable row level security;
alter table keys_subject force row level security;
create policy citizen on keys_subject to portal, worker
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
-- `keys rewrap` lists them, as it lists keys.
create policy listing on keys_subject for select to worker using (true);
create policy erasure on keys_subject to current_role
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on keys_subject from public;
grant select, insert on keys_subject to portal, worker;
grant update (subject) on keys_subject to portal;
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
    delete from public.keys_citizen k where k.citizen_id = citizen;
    had_keys := found;
    delete from public.keys_subject s where s.citizen_id = citizen;
    return had_keys;
end
$$;
"""
ERASE_BACK = """
create or replace function keys_erase(citizen uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if citizen is distinct from nullif(current_setting('app.citizen', true), '')::uuid then
        raise exception 'keys are erased in the name of their own citizen' using errcode = 'insufficient_privilege';
    end if;
    delete from public.keys_citizen k where k.citizen_id = citizen;
    return found;
end
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0002_rights")]
    operations = [
        migrations.RunSQL(
            [SUBJECT, ERASE],
            [ERASE_BACK, "drop table keys_subject"],
            state_operations=[
                migrations.CreateModel(
                    name="Subject",
                    fields=[
                        ("citizen_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("subject", models.TextField()),
                    ],
                    options={"db_table": "keys_subject"},
                ),
            ],
        )
    ]
