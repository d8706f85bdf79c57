"""Tell Django's state of indexes and of the default of `attempts`, which the database has already."""

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
