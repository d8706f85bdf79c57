"""Let the worker queue the job that forwards to the contact centre what the mailbox of our desk gave back."""

from django.db import migrations

LIST = "insert into jobs_deferrable (task) values ('privacy.forward_to_centre')"
BACK = "delete from jobs_deferrable where task = 'privacy.forward_to_centre'"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_requests")]
    operations = [migrations.RunSQL(LIST, BACK)]
