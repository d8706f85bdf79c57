"""Tell Django's state of the index on codes that were mailed; the database has it already."""

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
