"""Let a page put in only what a page may put in: a list of tasks, to which each room's own migrations add.

The functions of the queue were everybody's to call, as PostgreSQL has it by default; they are the worker's now. What
the owner makes from here on is nobody's until a migration says whose.
"""

from django.db import migrations

RIGHTS = r"""
create table jobs_deferrable (
    task text primary key check (task ~ '^[a-z_]+\.[a-z_]+$' and length(task) <= 60)
);
revoke all on jobs_deferrable from public;

create or replace function jobs_defer(task text, ids jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    job_ids bigint[];
begin
    if not exists (select from public.jobs_deferrable d where d.task = jobs_defer.task) then
        -- Not even its name: it may be what should not be here.
        raise exception 'that is no name of a task that a page puts in' using errcode = 'check_violation';
    end if;
    if jsonb_typeof(ids) is distinct from 'object' then
        raise exception 'the arguments of % are no object', task using errcode = 'check_violation';
    end if;
    if exists (
        select from jsonb_each(ids) each
        where each.key !~ '^[a-z_]{1,30}$'
            or jsonb_typeof(each.value) <> 'string'
            -- Random ones only: the name of a citizen is a UUID too, but not of version 4.
            or each.value #>> '{}' !~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    ) then
        -- Nothing of the argument itself: it may be what should not be here.
        raise exception 'an argument of % is no id', task using errcode = 'check_violation';
    end if;
    job_ids := public.procrastinate_defer_jobs_v1(array[
        row('default', task, 0, null, null, ids, null)::public.procrastinate_job_to_defer_v1
    ]);
    return job_ids[1];
end;
$$;
create or replace function jobs_defer_at(task text, ids jsonb, at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    job_id bigint;
begin
    job_id := public.jobs_defer(task, ids);
    if not coalesce(at <= now() + interval '2 days', false) then
        raise exception 'a job of % does not wait so long', task using errcode = 'check_violation';
    end if;
    update public.procrastinate_jobs set scheduled_at = at where id = job_id;
    return job_id;
end;
$$;

do $$
declare
    each regprocedure;
begin
    for each in
        select oid from pg_catalog.pg_proc
        where pronamespace = 'public'::regnamespace and proname ~ '^procrastinate_'
    loop
        execute format('revoke all on function %s from public', each);
        execute format('grant execute on function %s to worker', each);
    end loop;
end
$$;
alter default privileges revoke execute on functions from public;
"""


# Whoever goes back has an older list-less code too: what it calls must take every task that has a name of ours.
BACK = r"""
alter default privileges grant execute on functions to public;
create or replace function jobs_defer(task text, ids jsonb) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    job_ids bigint[];
begin
    if not coalesce(task ~ '^[a-z_]+\.[a-z_]+$' and length(task) <= 60, false) then
        raise exception 'that is no name of a task' using errcode = 'check_violation';
    end if;
    if exists (
        select from jsonb_each(ids) each where each.value #>> '{}'
            !~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    ) then
        raise exception 'an argument of % is no id', task using errcode = 'check_violation';
    end if;
    job_ids := procrastinate_defer_jobs_v1(array[
        row('default', task, 0, null, null, ids, null)::procrastinate_job_to_defer_v1
    ]);
    return job_ids[1];
end;
$$;
drop table jobs_deferrable;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_defer_at")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
