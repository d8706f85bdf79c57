"""Leave the tables of questions to the feature `contact`, in Django's view: in the database nothing changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_deferrable")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Question"), migrations.DeleteModel("QuestionRate")],
        )
    ]
