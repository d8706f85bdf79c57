"""Let the model say which indexes entries have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_subject")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["citizen_id", "id"],
                        name="journal_entry_citizen",
                        condition=models.Q(citizen_id__isnull=False),
                    ),
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["subject", "id"],
                        name="journal_entry_subject",
                        condition=models.Q(subject__isnull=False),
                    ),
                ),
            ]
        )
    ]
