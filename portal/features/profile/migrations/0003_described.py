"""Let the model say which index the codes that were mailed have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profile", "0002_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("codesent", models.Index(fields=["mark", "at"], name="profile_code_sent_mark")),
            ]
        )
    ]
