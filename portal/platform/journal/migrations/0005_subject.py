"""Name citizens in the journal by a random name, salt what is sealed, and let one function erase, and say what.

Entries bear `subject`, which stands beside a citizen's keys in the key database, in place of the pseudonym. What was
written before keeps its `citizen_id`, and a portal of the release before, which still runs, may go on writing it.
`journal_salt` has the salts of what the worker sealed: a link holds a hash of salt and entry, which confirms no guess
once the salt is gone. Nobody may delete but `journal_erase`, for one citizen, in their own name: it takes the entries
and their salts, and writes what it took as an entry. It waits for who is sealing, so that nothing is sealed then.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

ENTRY = """
alter table journal_entry
    add column subject uuid,
    add column erased bigint[],
    add column erased_subject bytea check (octet_length(erased_subject) = 32),
    add constraint journal_entry_subject_check check (num_nonnulls(citizen_id, subject) <= 1),
    add constraint journal_entry_erased_check check (
        num_nonnulls(erased, erased_subject) = 0
        or num_nulls(erased, erased_subject) = 0 and num_nonnulls(citizen_id, subject) = 0
            and name is not distinct from 'erase from the journal'
    );
drop index journal_entry_citizen;
create index journal_entry_citizen on journal_entry (citizen_id, id) where citizen_id is not null;
create index journal_entry_subject on journal_entry (subject, id) where subject is not null;
grant insert (subject) on journal_entry to portal, worker;
alter policy citizen on journal_entry using (
    citizen_id = nullif(current_setting('app.citizen', true), '')::uuid
    or subject = nullif(current_setting('app.journal', true), '')::uuid
);
alter policy writing on journal_entry with check (
    (
        citizen_id = nullif(current_setting('app.citizen', true), '')::uuid
        or subject = nullif(current_setting('app.journal', true), '')::uuid
    ) and (
        actor_kind is null
        or actor_kind in ('citizen', 'parent', 'body')
        or actor_kind = 'system' and actor = 'portal'
    )
);
-- For the function alone, which runs as the owner: it names whom the portal may name.
create policy erasing on journal_entry to current_role
    using (subject = nullif(current_setting('app.journal', true), '')::uuid)
    with check (
        num_nonnulls(citizen_id, subject) = 0 and (
            actor_kind is null
            or erased is not null and (actor_kind = 'citizen' or actor_kind = 'system' and actor = 'portal')
        )
    );
"""
SALT = """
create table journal_salt (
    entry_id bigint primary key,
    salt uuid not null
);
revoke all on journal_salt from public;
grant select, insert on journal_salt to worker;
"""
KEEP = """
create function journal_keep() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'DELETE' and current_setting('journal.erasing', true) = 'on' then
        return null;
    end if;
    raise exception 'the journal is never changed: % on % refused', tg_op, tg_table_name;
end
$$;
revoke all on function journal_keep() from public;
drop trigger refuse on journal_entry;
create trigger refuse before update or delete or truncate on journal_entry execute function journal_keep();
create trigger refuse before update or delete or truncate on journal_salt execute function journal_keep();
"""
ERASE = """
create function journal_erase(
    whose uuid, trace bytea, operation bytea, kind text, who text, at_ms bigint, activity bytea
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    gone bigint[];
begin
    if whose is null or whose is distinct from nullif(current_setting('app.journal', true), '')::uuid then
        raise exception 'the journal erases in the name of its own citizen' using errcode = 'insufficient_privilege';
    end if;
    perform from public.journal_state for update;
    perform set_config('journal.erasing', 'on', true);
    with deleted as (delete from public.journal_entry e where e.subject = whose returning e.id)
    select coalesce(array_agg(d.id order by d.id), '{}') into gone from deleted d;
    delete from public.journal_salt s where s.entry_id = any(gone);
    perform set_config('journal.erasing', '', true);
    insert into public.journal_entry (
        trace_id, operation_id, name, actor_kind, actor, start_ms, activities, status, erased, erased_subject
    ) values (
        trace, operation, 'erase from the journal', kind, who, at_ms, array[activity], 0, gone,
        sha256(uuid_send(whose))
    );
    insert into public.journal_entry (trace_id, operation_id, end_ms, status, outcomes)
    values (trace, operation, at_ms, 1, array['ready']);
    return cardinality(gone);
end
$$;
revoke all on function journal_erase(uuid, bytea, bytea, text, text, bigint, bytea) from public;
grant execute on function journal_erase(uuid, bytea, bytea, text, text, bigint, bytea) to portal;
"""
BACK = """
drop function journal_erase(uuid, bytea, bytea, text, text, bigint, bytea);
drop trigger refuse on journal_entry;
create trigger refuse before update or delete or truncate on journal_entry execute function journal_refuse();
drop table journal_salt;
drop function journal_keep();
drop policy erasing on journal_entry;
alter policy citizen on journal_entry using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
alter policy writing on journal_entry with check (
    citizen_id = nullif(current_setting('app.citizen', true), '')::uuid
    and (
        actor_kind is null
        or actor_kind in ('citizen', 'parent', 'body')
        or actor_kind = 'system' and actor = 'portal'
    )
);
drop index journal_entry_citizen;
create index journal_entry_citizen on journal_entry (citizen_id, id);
alter table journal_entry drop column subject, drop column erased, drop column erased_subject;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_rights")]
    operations = [
        migrations.RunSQL(
            [ENTRY, SALT, KEEP, ERASE],
            BACK,
            state_operations=[
                migrations.AddField("entry", "subject", models.UUIDField(null=True)),
                migrations.AddField(
                    "entry",
                    "erased",
                    django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), null=True),
                ),
                migrations.AddField("entry", "erased_subject", models.BinaryField(null=True)),
                migrations.CreateModel(
                    name="Salt",
                    fields=[
                        ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("salt", models.UUIDField()),
                    ],
                    options={"db_table": "journal_salt"},
                ),
            ],
        ),
    ]
