"""Take over the tables of questions from mail, in Django's view: in the database nothing changes.

Processes of the release before go on with the same tables.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("mail", "0005_questions_elsewhere")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("wrapped_key", models.TextField(null=True)),
                        ("sealed", models.BinaryField(null=True)),
                        ("created_at", models.DateTimeField(db_index=True)),
                        ("send_at", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "mail_question"},
                ),
                migrations.CreateModel(
                    name="QuestionRate",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("mark", models.BinaryField()),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "mail_question_rate",
                        "indexes": [models.Index(fields=["mark", "at"], name="mail_question_rate_mark")],
                    },
                ),
            ],
        )
    ]
