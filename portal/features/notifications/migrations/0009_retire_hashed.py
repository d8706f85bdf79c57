"""Let the rows that the worker sees as it names their citizens be found in a table made of those, and not by going
along the whole list for each row. Where it sees rows for another reason too, no index does that.
"""

from django.db import migrations

TABLES = ("notifications_preferences",)
LISTED = "citizen_id = any((select nullif(current_setting('app.citizens', true), '')::uuid[])::uuid[])"
HASHED = "citizen_id in (select unnest(nullif(current_setting('app.citizens', true), '')::uuid[]))"
SEEN = "alter policy retire_seen on {table} using ({named})"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_retire")]
    operations = [
        migrations.RunSQL(SEEN.format(table=table, named=HASHED), SEEN.format(table=table, named=LISTED))
        for table in TABLES
    ]
