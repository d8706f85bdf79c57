"""Let the worker delete the day of a sign-in, of who has no keys any more."""

from django.db import migrations

GRANT = "grant delete on privacy_visit to worker"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_retired")]
    operations = [migrations.RunSQL(GRANT, "revoke delete on privacy_visit from worker")]
