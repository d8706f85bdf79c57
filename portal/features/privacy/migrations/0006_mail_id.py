"""Keep which mail announced to a citizen that what they gave us goes, so that signing in withdraws it."""

from django.db import migrations, models

ADD = """
alter table privacy_visit add column mail_id uuid;
grant update (mail_id) on privacy_visit to portal, worker
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_keyless")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, "alter table privacy_visit drop column mail_id")],
            state_operations=[migrations.AddField("visit", "mail_id", models.UUIDField(null=True))],
        )
    ]
