"""Name the task of this feature that a page puts in."""

from django.db import migrations

LIST = "insert into jobs_deferrable (task) values ('corrections.deliver')"
BACK = "delete from jobs_deferrable where task = 'corrections.deliver'"


class Migration(migrations.Migration):
    dependencies = [("corrections", "0001_initial"), ("jobs", "0003_rights")]
    operations = [migrations.RunSQL(LIST, BACK)]
