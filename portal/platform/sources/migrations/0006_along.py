"""Read and keep answers by two functions, which go along with the statement that writes in the journal.

Each sees what its caller sees, by the walls around the rows: neither runs as the owner. The one that keeps contains
its own trouble and says what it was (SQLSTATE), so that what the journal wrote in the same statement stands.
"""

from django.db import migrations

SQL = """
create function sources_kept(citizen uuid, holder bytea, wanted text[])
returns table (name text, answer bytea)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
        select a.dataset, a.sealed from public.sources_answer a
        where a.session_id = holder and a.citizen_id = citizen and a.dataset = any(wanted);
end
$$;
revoke all on function sources_kept(uuid, bytea, text[]) from public;
grant execute on function sources_kept(uuid, bytea, text[]) to portal;

create function sources_keep(citizen uuid, holder bytea, names text[], answers bytea[])
returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into public.sources_answer (session_id, citizen_id, dataset, sealed)
    select holder, citizen, unnest(names), unnest(answers)
    where exists (select from public.access_session s where s.id = holder)
    on conflict (session_id, dataset) do update set sealed = excluded.sealed, kept_at = now();
    return null;
exception when others then
    return sqlstate;
end
$$;
revoke all on function sources_keep(uuid, bytea, text[], bytea[]) from public;
grant execute on function sources_keep(uuid, bytea, text[], bytea[]) to portal;
"""
BACK = """
drop function sources_keep(uuid, bytea, text[], bytea[]);
drop function sources_kept(uuid, bytea, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0005_process")]
    operations = [migrations.RunSQL(SQL, BACK)]
