"""Let the models say which index and which key the tables have had from the start."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0006_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("session", models.Index(fields=["citizen_id"], name="access_session_citizen")),
                migrations.RemoveField("once", "session_id"),
                migrations.AddField(
                    "once",
                    "session",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="access.session"),
                ),
            ]
        )
    ]
