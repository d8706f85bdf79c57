"""Name the tasks of this room that a page puts in."""

from django.db import migrations

LIST = "insert into jobs_deferrable (task) values ('mail.deliver'), ('mail.pass_on')"
BACK = "delete from jobs_deferrable where task in ('mail.deliver', 'mail.pass_on')"


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_question_rate"), ("jobs", "0003_rights")]
    operations = [migrations.RunSQL(LIST, BACK)]
