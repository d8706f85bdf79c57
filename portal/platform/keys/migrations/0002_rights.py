"""Let nobody delete keys but by the one function that erases, for one citizen, in their own name.

The worker could take away any row. Nothing of ours did, and whoever has its password could have made everything that
every citizen keeps unreadable. The owner's policy is for that function, which runs as the owner behind the same wall.
"""

from django.db import migrations

RIGHTS = """
drop policy term on keys_citizen;
revoke delete on keys_citizen from worker, portal;
create policy erasure on keys_citizen to current_role
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);

create function keys_erase(citizen uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if citizen is distinct from nullif(current_setting('app.citizen', true), '')::uuid then
        raise exception 'keys are erased in the name of their own citizen' using errcode = 'insufficient_privilege';
    end if;
    delete from public.keys_citizen k where k.citizen_id = citizen;
    return found;
end
$$;
revoke all on function keys_erase(uuid) from public;
grant execute on function keys_erase(uuid) to portal;
alter default privileges revoke execute on functions from public;
"""
BACK = """
alter default privileges grant execute on functions to public;
drop function keys_erase(uuid);
drop policy erasure on keys_citizen;
grant delete on keys_citizen to worker, portal;
create policy term on keys_citizen for delete to worker using (true);
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
