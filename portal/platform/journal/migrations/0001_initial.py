"""Make the journal: rows that nobody changes or removes, walled off per citizen; and the anchor in the key database.

`portal` writes and reads entries of the citizen it acts for. `worker` reads all, writes what the system itself does,
and seals. No role has the right to update or delete; triggers refuse it to the owner of the tables as well. Whoever
takes a trigger away (the owner, a superuser) leaves a chain that does not fit.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

REFUSE = """
create function journal_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is never changed: % on % refused', tg_op, tg_table_name;
end
$$;
"""

MAIN = """
create table journal_entry (
    id bigint generated always as identity primary key,
    recorded_at timestamptz not null default now(),
    trace_id bytea not null check (octet_length(trace_id) = 16),
    operation_id bytea not null check (octet_length(operation_id) = 8),
    parent_operation_id bytea check (octet_length(parent_operation_id) = 8),
    -- What operations are called, never anything of anybody.
    name text check (name ~ '^[a-z][a-z '']{0,59}$'),
    actor_kind text check (actor_kind in ('citizen', 'body', 'system', 'employee')),
    actor text,
    citizen_id uuid,
    start_ms bigint check (start_ms >= 0),
    activities bytea[],
    end_ms bigint check (end_ms >= 0),
    status smallint not null check (status in (0, 1, 2)),
    outcomes text[] check (
        outcomes <@ array['ready', 'partial', 'nothing', 'late', 'down', 'left', 'kept_ready', 'kept_nothing']
    ),
    -- The first statement of an operation, or the second.
    check (
        num_nulls(name, actor_kind, start_ms, activities) = 0 and num_nonnulls(end_ms, outcomes) = 0 and status = 0
            and (actor is null) = (actor_kind = 'citizen')
        or num_nonnulls(name, actor_kind, actor, parent_operation_id, start_ms, activities) = 0
            and num_nulls(end_ms, outcomes) = 0
    )
);
create index journal_entry_citizen on journal_entry (citizen_id, id);
alter table journal_entry enable row level security;
alter table journal_entry force row level security;
create policy citizen on journal_entry for select to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
-- Who may be named: never an employee, and of the system only the portal itself.
create policy writing on journal_entry for insert to portal
    with check (
        citizen_id = nullif(current_setting('app.citizen', true), '')::uuid
        and (
            actor_kind is null
            or actor_kind in ('citizen', 'parent', 'body')
            or actor_kind = 'system' and actor = 'portal'
        )
    );
create policy reading on journal_entry for select to worker using (true);
create policy system on journal_entry for insert to worker
    with check (actor_kind is null or actor_kind = 'system');
revoke all on journal_entry from public;
grant select on journal_entry to portal, worker;
-- Not `id` and `recorded_at`: when it was written is not for the writer to say.
grant insert (
    trace_id, operation_id, parent_operation_id, name, actor_kind, actor, citizen_id, start_ms, activities, end_ms,
    status, outcomes
) on journal_entry to portal, worker;

create table journal_activity (
    id bytea primary key check (octet_length(id) = 32),
    body text not null,
    body_name text not null,
    dataset text not null,
    title text not null,
    purpose text not null,
    legal_basis text not null,
    services text[] not null,
    retention text not null
);
revoke all on journal_activity from public;
grant select, insert on journal_activity to portal, worker;

create table journal_batch (
    number bigint primary key,
    previous bytea not null unique check (octet_length(previous) = 32),
    sealed_at timestamptz not null,
    entry_ids bigint[] not null,
    hashes bytea not null check (octet_length(hashes) = 32 * cardinality(entry_ids)),
    up_to bigint not null,
    lost_number bigint,
    lost_hash bytea,
    hash bytea not null check (octet_length(hash) = 32),
    mac bytea not null check (octet_length(mac) = 32)
);
revoke all on journal_batch from public;
grant select, insert on journal_batch to worker;

create trigger refuse before update or delete or truncate on journal_entry execute function journal_refuse();
create trigger refuse before update or delete or truncate on journal_activity execute function journal_refuse();
create trigger refuse before update or delete or truncate on journal_batch execute function journal_refuse();
"""
MAIN_BACK = "drop table journal_entry, journal_activity, journal_batch; drop function journal_refuse"

BESIDE_KEYS = """
create table journal_anchor (
    number bigint primary key,
    hash bytea not null check (octet_length(hash) = 32),
    anchored_at timestamptz not null default now()
);
revoke all on journal_anchor from public;
grant select, insert on journal_anchor to worker;
create trigger refuse before update or delete or truncate on journal_anchor execute function journal_refuse();
"""
BESIDE_KEYS_BACK = "drop table journal_anchor; drop function journal_refuse"


def _array(of: models.Field, **given: bool) -> django.contrib.postgres.fields.ArrayField:  # type: ignore[type-arg]  # no migration is checked
    return django.contrib.postgres.fields.ArrayField(of, **given)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL([REFUSE, BESIDE_KEYS], BESIDE_KEYS_BACK, hints={"key_database": True}),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([REFUSE, MAIN], MAIN_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("recorded_at", models.DateTimeField()),
                        ("trace_id", models.BinaryField()),
                        ("operation_id", models.BinaryField()),
                        ("parent_operation_id", models.BinaryField(null=True)),
                        ("name", models.TextField(null=True)),
                        ("actor_kind", models.TextField(null=True)),
                        ("actor", models.TextField(null=True)),
                        ("citizen_id", models.UUIDField(null=True)),
                        ("start_ms", models.BigIntegerField(null=True)),
                        ("activities", _array(models.BinaryField(), null=True)),
                        ("end_ms", models.BigIntegerField(null=True)),
                        ("status", models.SmallIntegerField()),
                        ("outcomes", _array(models.TextField(), null=True)),
                    ],
                    options={"db_table": "journal_entry"},
                ),
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        ("id", models.BinaryField(primary_key=True, serialize=False)),
                        ("body", models.TextField()),
                        ("body_name", models.TextField()),
                        ("dataset", models.TextField()),
                        ("title", models.TextField()),
                        ("purpose", models.TextField()),
                        ("legal_basis", models.TextField()),
                        ("services", _array(models.TextField())),
                        ("retention", models.TextField()),
                    ],
                    options={"db_table": "journal_activity"},
                ),
                migrations.CreateModel(
                    name="Batch",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("previous", models.BinaryField(unique=True)),
                        ("sealed_at", models.DateTimeField()),
                        ("entry_ids", _array(models.BigIntegerField())),
                        ("hashes", models.BinaryField()),
                        ("up_to", models.BigIntegerField()),
                        ("lost_number", models.BigIntegerField(null=True)),
                        ("lost_hash", models.BinaryField(null=True)),
                        ("hash", models.BinaryField()),
                        ("mac", models.BinaryField()),
                    ],
                    options={"db_table": "journal_batch"},
                ),
                migrations.CreateModel(
                    name="Anchor",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("hash", models.BinaryField()),
                        ("anchored_at", models.DateTimeField()),
                    ],
                    options={"db_table": "journal_anchor"},
                ),
            ],
        ),
    ]
