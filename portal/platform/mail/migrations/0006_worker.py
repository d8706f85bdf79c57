"""Let the worker put a mail into the outbox too, for the citizen whom its transaction acts for."""

from django.db import migrations

CREATE = """
create policy putting on mail_outbox for insert to worker
    with check (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
grant insert (citizen_id, greeting, id, sealed) on mail_outbox to worker;
"""
BACK = """
revoke insert (citizen_id, greeting, id, sealed) on mail_outbox from worker;
drop policy putting on mail_outbox;
"""


class Migration(migrations.Migration):
    dependencies = [("mail", "0005_questions_elsewhere")]
    operations = [migrations.RunSQL(CREATE, BACK)]
