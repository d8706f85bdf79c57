"""Let the worker see of whom a thread is, so that it can take away news of the eBox of who died."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_documents")]
    operations = [
        migrations.RunSQL(
            "grant select (body) on notifications_thread to worker",
            "revoke select (body) on notifications_thread from worker",
        )
    ]
