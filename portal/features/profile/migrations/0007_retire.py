"""Let the worker take away what citizens gave us who did not sign in for two years: of many in one transaction.

The worker names them (`pool.as_citizens`) and sees no rows of others. It cannot open photos and saved addresses.
"""

from django.db import migrations

TABLES = ("profile_kept", "profile_email", "profile_address")
NAMED = "citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[])"
CREATE = "".join(
    f"""
create policy retire_seen on {table} for select to worker using ({NAMED});
create policy retire on {table} for delete to worker using ({NAMED});
grant select (citizen_id), delete on {table} to worker;
"""
    for table in TABLES
)
BACK = """
revoke select (citizen_id) on profile_address from worker;
revoke delete on profile_kept, profile_email, profile_address from worker;
drop policy retire on profile_kept;
drop policy retire on profile_email;
drop policy retire on profile_address;
drop policy retire_seen on profile_kept;
drop policy retire_seen on profile_email;
drop policy retire_seen on profile_address;
"""


class Migration(migrations.Migration):
    dependencies = [("profile", "0006_other_email")]
    operations = [migrations.RunSQL(CREATE, BACK)]
