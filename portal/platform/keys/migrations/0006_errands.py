"""Let the worker find, in one message, what opens the errands that it does for many citizens.

It runs as the worker, behind the wall of each citizen in turn, and gives what the worker may read of each already.
"""

from django.db import migrations

CREATE = """
create function keys_errands(citizens uuid[]) returns table (citizen_id uuid, mail_key text, subject text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one uuid;
    bound text := current_setting('app.citizen', true);
begin
    foreach one in array citizens loop
        perform set_config('app.citizen', one::text, true);
        return query select k.citizen_id, k.mail_key, (
                select s.subject from public.keys_subject s where s.citizen_id = one
            ) from public.keys_citizen k where k.citizen_id = one;
    end loop;
    perform set_config('app.citizen', coalesce(bound, ''), true);
end
$$;
revoke all on function keys_errands(uuid[]) from public;
grant execute on function keys_errands(uuid[]) to worker;
"""
BACK = "drop function keys_errands(uuid[])"


class Migration(migrations.Migration):
    dependencies = [("keys", "0005_arrival")]
    operations = [migrations.RunSQL(CREATE, BACK)]
