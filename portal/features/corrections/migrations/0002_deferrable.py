"""Let the portal put the job that delivers a report into the queue."""

from django.db import migrations

LIST = "insert into jobs_deferrable (task) values ('corrections.deliver')"
BACK = "delete from jobs_deferrable where task = 'corrections.deliver'"


class Migration(migrations.Migration):
    dependencies = [("corrections", "0001_initial"), ("jobs", "0003_rights")]
    operations = [migrations.RunSQL(LIST, BACK)]
