"""Let the worker find by an index whose profile went long ago, so that their two years run anew."""

from django.db import migrations, models

CREATE = "create index privacy_visit_retired on privacy_visit (retired_on, citizen_id) where retired_on is not null"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_to_centre")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop index privacy_visit_retired")],
            state_operations=[
                migrations.AddIndex(
                    model_name="visit",
                    index=models.Index(
                        condition=models.Q(("retired_on__isnull", False)),
                        fields=["retired_on", "citizen_id"],
                        name="privacy_visit_retired",
                    ),
                )
            ],
        )
    ]
