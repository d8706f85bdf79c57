"""Let the model say that an answer has no index for its session alone, and that the database dates it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0003_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("answer", "kept_at", models.DateTimeField()),
                migrations.AlterField(
                    "answer",
                    "session",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="access.session"
                    ),
                ),
            ]
        )
    ]
