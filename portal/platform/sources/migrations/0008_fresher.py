"""Keep no answer in the place of one that was asked later, whichever of two tabs ends first.

The function is told how many seconds ago the asking began, and counts back by the clock of this database. `kept_at`
is that moment from now on. A row from the future, which a clock that was ahead left, counts as older than any. The
function of before stays for portals of the release before, which go on beside this one and call it.
"""

from django.db import migrations

SQL = """
create function sources_keep(
    citizen uuid, holder bytea, names text[], answers bytea[], seconds_ago double precision
) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into public.sources_answer as kept (session_id, citizen_id, dataset, sealed, kept_at)
    select holder, citizen, unnest(names), unnest(answers), now() - make_interval(secs => seconds_ago)
    where exists (select from public.access_session s where s.id = holder)
    on conflict (session_id, dataset) do update set sealed = excluded.sealed, kept_at = excluded.kept_at
        where kept.kept_at <= excluded.kept_at or kept.kept_at > clock_timestamp();
    return null;
exception when others then
    return sqlstate;
end
$$;
revoke all on function sources_keep(uuid, bytea, text[], bytea[], double precision) from public;
grant execute on function sources_keep(uuid, bytea, text[], bytea[], double precision) to portal;
"""
BACK = "drop function sources_keep(uuid, bytea, text[], bytea[], double precision)"


class Migration(migrations.Migration):
    dependencies = [("sources", "0007_terms")]
    operations = [migrations.RunSQL(SQL, BACK)]
