"""Let the worker count which processes were not heard of for longer than their term."""

from django.db import migrations

GRANT = "grant select (heard_at) on sources_process to worker"
REVOKE = "revoke select (heard_at) on sources_process from worker"


class Migration(migrations.Migration):
    dependencies = [("sources", "0006_along")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
