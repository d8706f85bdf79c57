"""Say who may do what with the queue, whose tables procrastinate's own migrations make.

`worker` may run jobs. `portal` may do one thing: put a job in, through a function that takes ids only, so that
nothing personal can come to stand in the queue, its log or its back-ups.
"""

from django.db import migrations

GRANTS = r"""
create function jobs_defer(task text, ids jsonb) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    job_ids bigint[];
begin
    if not coalesce(task ~ '^[a-z_]+\.[a-z_]+$' and length(task) <= 60, false) then
        raise exception 'that is no name of a task' using errcode = 'check_violation';
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
    job_ids := procrastinate_defer_jobs_v1(array[
        row('default', task, 0, null, null, ids, null)::procrastinate_job_to_defer_v1
    ]);
    return job_ids[1];
end;
$$;
revoke all on function jobs_defer(text, jsonb) from public;
grant execute on function jobs_defer(text, jsonb) to portal, worker;

revoke all on procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers
    from public;
grant select, insert, update, delete
    on procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers to worker;
grant usage on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq
    to worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(GRANTS, "drop function jobs_defer(text, jsonb)")]
