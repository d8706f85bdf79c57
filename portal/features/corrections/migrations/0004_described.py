"""Let the models say which index a report has, that its status has none of its own, and who counts attempts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("corrections", "0003_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    "report",
                    models.Index(fields=["citizen_id", "reported_at"], name="corrections_report_citizen"),
                ),
                migrations.AlterField("report", "attempts", models.IntegerField()),
                migrations.AlterField(
                    "status",
                    "report",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="corrections.report"
                    ),
                ),
            ]
        )
    ]
