"""Make the table of questions to the contact centre. They belong to nobody we know, so the wall is one of roles.

`portal` puts in, and sees of a question only that it is there; what it put in it does not read back. `worker` reads,
empties what was sent, and takes away when the term ends. `owner` sees none.
"""

from django.db import migrations, models

CREATE = """
create table mail_question (
    id uuid primary key,
    wrapped_key text,
    sealed bytea,
    created_at timestamptz not null default now(),
    check ((wrapped_key is null) = (sealed is null))
);
create index mail_question_created_at on mail_question (created_at);
alter table mail_question enable row level security;
alter table mail_question force row level security;
create policy asking on mail_question for insert to portal with check (sealed is not null);
create policy asked on mail_question for select to portal using (true);
create policy sending on mail_question to worker using (true);
revoke all on mail_question from public;
grant insert (id, wrapped_key, sealed), select (id, created_at) on mail_question to portal;
grant select, update (wrapped_key, sealed), delete on mail_question to worker;
"""


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table mail_question")],
            state_operations=[
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("wrapped_key", models.TextField(null=True)),
                        ("sealed", models.BinaryField(null=True)),
                        ("created_at", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "mail_question"},
                ),
            ],
        )
    ]
