"""Let the worker take away the contact preferences of those who were not here for two years, of many at once.

It names them (`pool.as_citizens`) and sees the rows of no others.
"""

from django.db import migrations

NAMED = "citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[])"
CREATE = f"""
create policy retire_seen on notifications_preferences for select to worker using ({NAMED});
create policy retire on notifications_preferences for delete to worker using ({NAMED});
grant delete on notifications_preferences to worker;
"""
BACK = """
revoke delete on notifications_preferences from worker;
drop policy retire on notifications_preferences;
drop policy retire_seen on notifications_preferences;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_forgettable")]
    operations = [migrations.RunSQL(CREATE, BACK)]
