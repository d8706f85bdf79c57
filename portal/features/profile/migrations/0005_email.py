"""Let a citizen have several verified e-mail addresses: the main one where it was, the others in a table beside it.

Each address has an id that stays when another becomes the main one. The main ones of before all have the same, one a
citizen: a constant is the default of rows already there without a row being written anew. Statements of the release
before, which know no id, give a new one to what they insert and leave it to what they replace.
"""

from django.db import migrations, models

CREATE = """
alter table profile_kept add column id uuid not null default '00000000-0000-0000-0000-000000000001';
alter table profile_kept alter column id set default gen_random_uuid();
grant update (id) on profile_kept to portal;
grant select (id) on profile_kept to worker;

create table profile_email (
    citizen_id uuid not null,
    id uuid not null,
    sealed bytea not null,
    consent text not null,
    since timestamptz not null,
    primary key (citizen_id, id)
);
alter table profile_email enable row level security;
alter table profile_email force row level security;
create policy citizen on profile_email to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy mail on profile_email for select to worker
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
revoke all on profile_email from public;
grant select, insert, delete on profile_email to portal;
grant select (citizen_id, id, sealed) on profile_email to worker;
"""
BACK = """
drop table profile_email;
alter table profile_kept drop column id;
"""


class Migration(migrations.Migration):
    dependencies = [("profile", "0004_dismissal")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, BACK)],
            state_operations=[
                migrations.AddField("kept", "id", models.UUIDField(), preserve_default=False),
                migrations.CreateModel(
                    name="Email",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "citizen_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("id", models.UUIDField()),
                        ("sealed", models.BinaryField()),
                        ("consent", models.TextField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={"db_table": "profile_email"},
                ),
            ],
        )
    ]
