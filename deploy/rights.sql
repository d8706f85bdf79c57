-- What only a superuser can take away. Run it in the main and in the key database, once the roles `owner`, `portal` and
-- `worker` are there, and again after an upgrade of PostgreSQL. `make run` does so at every start. It may be run again.

do $$
declare
    here constant text := quote_ident(current_database());
    each regprocedure;
begin
    -- Nobody else connects; nobody makes temporary tables, whose names would be found before ours.
    execute format('revoke all on database %s from public', here);
    execute format('grant connect on database %s to owner, portal, worker', here);
    -- Nobody keeps anything outside the tables, nor holds a lock that others wait for. One lock is used: by the portal,
    -- for a moment, to count what one citizen or network asks.
    for each in
        select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
            and (proname ~ '^lo_' or proname in ('loread', 'lowrite') or proname ~ '^pg_(try_)?advisory_')
    loop
        execute format('revoke execute on function %s from public', each);
    end loop;
    grant execute on function pg_advisory_xact_lock(bigint) to portal;
    -- For a connection that sets no limits of its own; ours do.
    execute format('alter role portal in database %s set statement_timeout = ''5s''', here);
    execute format('alter role portal in database %s set lock_timeout = ''2s''', here);
    execute format('alter role portal in database %s set idle_in_transaction_session_timeout = ''10s''', here);
    execute format('alter role worker in database %s set statement_timeout = ''60s''', here);
    execute format('alter role worker in database %s set lock_timeout = ''10s''', here);
end
$$;

-- Only migrations hold programs.
revoke usage on language plpgsql from public;
grant usage on language plpgsql to owner;

alter schema public owner to owner;
revoke all on schema public from public;
grant usage on schema public to portal, worker;
