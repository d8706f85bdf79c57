"""Give each kept answer its citizen, and a wall around it: a query without a filter finds nobody else's."""

from django.db import migrations, models

SQL = """
truncate sources_answer;
alter table sources_answer add column citizen_id uuid not null;
alter table sources_answer enable row level security;
alter table sources_answer force row level security;
create policy citizen on sources_answer to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
"""
BACK = """
drop policy citizen on sources_answer;
alter table sources_answer no force row level security;
alter table sources_answer disable row level security;
alter table sources_answer drop column citizen_id;
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial"), ("access", "0002_citizen")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL, BACK)],
            state_operations=[
                migrations.AddField("answer", "citizen_id", models.UUIDField(default=None), preserve_default=False)
            ],
        )
    ]
