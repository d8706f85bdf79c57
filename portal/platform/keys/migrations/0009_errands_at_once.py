"""Find what opens the errands of many citizens by one statement, and not by one for each.

The worker may read as much of every row (`mail_key`, and the journal's name), so no wall is passed by it.
"""

from django.db import migrations

AT_ONCE = """
create or replace function keys_errands(citizens uuid[])
returns table (citizen_id uuid, mail_key text, subject text)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select k.citizen_id, k.mail_key, s.subject
    from public.keys_citizen k left join public.keys_subject s on s.citizen_id = k.citizen_id
    where k.citizen_id = any(citizens)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0008_repeated")]
    operations = [migrations.RunSQL(AT_ONCE, migrations.RunSQL.noop)]
