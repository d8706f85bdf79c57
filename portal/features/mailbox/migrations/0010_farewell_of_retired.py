"""Let the worker keep of whom the federation is to be told, as their link goes because they did not sign in for two
years: of whom its transaction names, and of no others.
"""

from django.db import migrations

NAMED = "citizen_id in (select unnest(nullif(current_setting('app.citizens', true), '')::uuid[]))"
CREATE = f"""
create policy farewell on mailbox_untold for insert to worker with check ({NAMED});
create policy farewell on mailbox_farewell for insert to worker with check ({NAMED});
grant insert (citizen_id, wish, due_at, ends_at) on mailbox_untold to worker;
grant insert (citizen_id, sealed, due_at, ends_at) on mailbox_farewell to worker;
"""
BACK = """
revoke insert (citizen_id, wish, due_at, ends_at) on mailbox_untold from worker;
revoke insert (citizen_id, sealed, due_at, ends_at) on mailbox_farewell from worker;
drop policy farewell on mailbox_farewell;
drop policy farewell on mailbox_untold;
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0009_farewell")]
    operations = [migrations.RunSQL(CREATE, BACK)]
