"""Let the worker take away what machines hold no more: until now only the next that asked for a token did."""

from django.db import migrations

GRANT = "grant select (until), delete on access_machine_token, access_machine_assertion to worker"
REVOKE = "revoke select (until), delete on access_machine_token, access_machine_assertion from worker"


class Migration(migrations.Migration):
    dependencies = [("access", "0008_live")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
