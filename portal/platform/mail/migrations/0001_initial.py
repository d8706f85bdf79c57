"""Make the outbox, with a wall around each citizen's mails.

`portal` puts in, changes how it greets, and takes away what is forgotten; what it put in it does not read back.
`worker` reads the one mail that its transaction names, and takes it away; besides that it only sees what is past its
term.
"""

from django.db import migrations, models

CREATE = """
create table mail_outbox (
    id uuid primary key,
    citizen_id uuid not null,
    sealed bytea not null,
    greeting bytea,
    created_at timestamptz not null default now()
);
create index mail_outbox_citizen_id on mail_outbox (citizen_id);
alter table mail_outbox enable row level security;
alter table mail_outbox force row level security;
create policy citizen on mail_outbox to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy sending on mail_outbox for select to worker using (
    id = nullif(current_setting('app.mail', true), '')::uuid or created_at < now() - interval '14 days'
);
create policy sent on mail_outbox for delete to worker using (
    id = nullif(current_setting('app.mail', true), '')::uuid or created_at < now() - interval '14 days'
);
revoke all on mail_outbox from public;
grant insert (id, citizen_id, sealed, greeting), update (greeting), select (id, citizen_id, created_at), delete
    on mail_outbox to portal;
grant select, delete on mail_outbox to worker;

-- How far a mail is, by its job, which is gone once it was sent. The id is the secret: nobody is given another's.
create index mail_outbox_job on procrastinate_jobs ((args ->> 'mail_id')) where task_name = 'mail.deliver';
create function mail_job(mail uuid) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select status::text from procrastinate_jobs
    where task_name = 'mail.deliver' and args ->> 'mail_id' = mail::text order by id desc limit 1
$$;
revoke all on function mail_job(uuid) from public;
grant execute on function mail_job(uuid) to portal;
"""
DROP = "drop function mail_job(uuid); drop index mail_outbox_job; drop table mail_outbox"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField(db_index=True)),
                        ("sealed", models.BinaryField()),
                        ("greeting", models.BinaryField(null=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"db_table": "mail_outbox"},
                ),
            ],
        )
    ]
