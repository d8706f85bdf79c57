"""Let the model say that the table of the installation has one row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keys", "0003_subject")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("installation", "only_one", models.BooleanField(unique=True)),
            ]
        )
    ]
