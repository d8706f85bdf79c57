"""Let the portal put a job in that is done later. What may stand in it is decided where it was: in `jobs_defer`."""

from django.db import migrations

DEFER_AT = """
create function jobs_defer_at(task text, ids jsonb, at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    job_id bigint;
begin
    if not coalesce(at <= now() + interval '2 days', false) then
        raise exception 'a job of % does not wait so long', task using errcode = 'check_violation';
    end if;
    job_id := jobs_defer(task, ids);
    update procrastinate_jobs set scheduled_at = at where id = job_id;
    return job_id;
end;
$$;
revoke all on function jobs_defer_at(text, jsonb, timestamptz) from public;
grant execute on function jobs_defer_at(text, jsonb, timestamptz) to portal, worker;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunSQL(DEFER_AT, "drop function jobs_defer_at(text, jsonb, timestamptz)")]
