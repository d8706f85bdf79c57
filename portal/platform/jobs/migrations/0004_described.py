"""Let a model describe the list of what a page may put in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Deferrable",
                    fields=[("task", models.TextField(primary_key=True, serialize=False))],
                    options={"db_table": "jobs_deferrable"},
                ),
            ]
        )
    ]
