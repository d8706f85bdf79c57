"""Name the task that a page puts in; under its name of before a page still does (`actions.PASS_ON`)."""

from django.db import migrations

LIST = "insert into jobs_deferrable (task) values ('contact.pass_on')"
BACK = "delete from jobs_deferrable where task = 'contact.pass_on'"


class Migration(migrations.Migration):
    dependencies = [("contact", "0001_initial"), ("jobs", "0003_rights")]
    operations = [migrations.RunSQL(LIST, BACK)]
