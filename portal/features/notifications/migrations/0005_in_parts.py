"""Keep what comes and what is forgotten apart, and do in parts what is done for everybody at once.

What takes notices in waits for whoever forgets the same citizen, and the reverse (`actions.ONE_BY_ONE`): otherwise
what came meanwhile would stay behind without its thread. What is swept and gathered is bounded, so that no lock is
held for long and no outage leaves more than fits into one statement.
"""

from importlib import import_module
from typing import Any

from django.db import migrations, models

RECEIVE = """
create or replace function notifications_receive(
    marks bytea[], contents bytea[], bundle_ends timestamptz[],
    places integer[], ids uuid[], citizens uuid[], threads uuid[], bodies text[], changed timestamptz[],
    ends timestamptz[], silent boolean[], waiting boolean[], sealed bytea[], services text[], received timestamptz
) returns table (place integer, taken text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    one record;
    is_new boolean[] := array_fill(false, array[cardinality(marks)]);
    given integer;
    delivery uuid;
    bound text := current_setting('app.citizen', true);
    citizen uuid;
begin
    -- Bundles first, then threads, each in one order: two batches never wait for each other in a circle.
    for one in
        select b.mark, b.content, b.ends, b.at::integer as at
        from unnest(marks, contents, bundle_ends) with ordinality b(mark, content, ends, at) order by b.mark, b.at
    loop
        insert into public.notifications_bundle as kept (mark, content, ends_at)
        values (one.mark, one.content, one.ends) on conflict do nothing;
        is_new[one.at] := found;
        place := one.at;
        taken := 'new';
        if not found then
            select case when k.content = one.content then 'known' else 'contradicts' end into taken
            from public.notifications_bundle k where k.mark = one.mark;
        end if;
        return next;
    end loop;
    for one in
        select n.*
        from unnest(
            places, ids, citizens, threads, bodies, changed, ends, silent, waiting, sealed, services
        ) with ordinality n(place, id, citizen, thread, body, changed, ends, silent, waiting, sealed, service, at)
        where is_new[n.place] order by n.citizen, n.thread, n.at
    loop
        if one.citizen is distinct from citizen then
            citizen := one.citizen;
            perform set_config('app.citizen', citizen::text, true);
            perform pg_advisory_xact_lock(hashtextextended('notifications ' || citizen, 0));
        end if;
        insert into public.notifications_thread as t (
            citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number
        ) values (
            one.citizen, one.thread, one.body, 1, one.changed, 1,
            case when one.silent then null else one.changed end, case when one.silent then null else 1 end
        )
        on conflict (citizen_id, thread) do update set
            arrivals = t.arrivals + 1,
            newest_at = greatest(t.newest_at, excluded.newest_at),
            newest_number = case
                when excluded.newest_at >= t.newest_at then t.arrivals + 1 else t.newest_number end,
            loud_at = greatest(t.loud_at, excluded.loud_at),
            loud_number = case
                when excluded.loud_at is not null and (t.loud_at is null or excluded.loud_at >= t.loud_at)
                then t.arrivals + 1 else t.loud_number end
        returning t.arrivals into given;
        insert into public.notifications_notice (
            id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed
        ) values (
            one.id, one.citizen, one.thread, given, one.body, one.changed, received, one.ends, one.silent,
            one.waiting, one.sealed
        );
        -- For whoever never came too: their sender is not to tell it by the time. No key, no wish, no mail.
        if not one.silent then
            delivery := gen_random_uuid();
            insert into public.notifications_delivery (id, citizen_id, notice_id, channel, sealed, put_at)
            values (delivery, one.citizen, one.id, 'email', one.service, received);
            perform public.jobs_defer('notifications.tell', jsonb_build_object('delivery_id', delivery));
        end if;
    end loop;
    perform set_config('app.citizen', coalesce(bound, ''), true);
end
$$;
"""
SWEEP = """
create function notifications_sweep(before timestamptz, most integer) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one record;
    gone integer := 0;
    removed integer;
begin
    for one in
        select distinct e.citizen_id, e.thread from (
            select n.citizen_id, n.thread from public.notifications_notice n
            where n.ends_at < before order by n.ends_at limit most
        ) e order by e.citizen_id, e.thread
    loop
        -- With the thread locked nothing more arrives in it, so what is left decides where it stands.
        perform from public.notifications_thread t
            where t.citizen_id = one.citizen_id and t.thread = one.thread for update;
        delete from public.notifications_notice n
            where n.citizen_id = one.citizen_id and n.thread = one.thread and n.ends_at < before;
        get diagnostics removed = row_count;
        gone := gone + removed;
        delete from public.notifications_thread t
            where t.citizen_id = one.citizen_id and t.thread = one.thread and not exists (
                select from public.notifications_notice n
                where n.citizen_id = one.citizen_id and n.thread = one.thread
            );
        update public.notifications_thread t set
            (newest_at, newest_number) = (
                select n.changed_at, n.number from public.notifications_notice n
                where n.citizen_id = one.citizen_id and n.thread = one.thread
                order by n.changed_at desc, n.number desc limit 1
            ),
            (loud_at, loud_number) = (
                select n.changed_at, n.number from public.notifications_notice n
                where n.citizen_id = one.citizen_id and n.thread = one.thread and not n.is_silent
                order by n.changed_at desc, n.number desc limit 1
            )
            where t.citizen_id = one.citizen_id and t.thread = one.thread;
    end loop;
    return gone;
end
$$;
revoke all on function notifications_sweep(timestamptz, integer) from public;
grant execute on function notifications_sweep(timestamptz, integer) to worker;
drop function notifications_sweep(timestamptz);
"""
GATHER = """
create function notifications_gather(moment timestamptz, most integer) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one record;
    digest uuid;
    made integer := 0;
begin
    for one in
        select distinct e.citizen_id from (
            select d.citizen_id from public.notifications_delivery d
            where d.settled_at is null and d.state = 'digest' and d.digest_id is null and d.due_at <= moment
            order by d.due_at, d.citizen_id limit most
        ) e order by e.citizen_id
    loop
        digest := gen_random_uuid();
        update public.notifications_delivery d set digest_id = digest
            where d.citizen_id = one.citizen_id and d.settled_at is null and d.state = 'digest'
                and d.digest_id is null and d.due_at <= moment;
        if found then
            perform public.jobs_defer('notifications.digest', jsonb_build_object('digest_id', digest));
            made := made + 1;
        end if;
    end loop;
    return made;
end
$$;
revoke all on function notifications_gather(timestamptz, integer) from public;
grant execute on function notifications_gather(timestamptz, integer) to worker;
drop function notifications_gather(timestamptz);
create index notifications_delivery_gather on notifications_delivery (digest_id, due_at, citizen_id)
    where settled_at is null;
drop index notifications_delivery_digest;
"""
DROP = """
create index notifications_delivery_digest on notifications_delivery (digest_id) where settled_at is null;
drop index notifications_delivery_gather;
drop function notifications_gather(timestamptz, integer);
drop function notifications_sweep(timestamptz, integer);
"""


def _before() -> list[str]:
    """Give what the migrations before made; the function that takes in is put in the place of this one."""
    first: Any = import_module("portal.features.notifications.migrations.0001_initial")
    third: Any = import_module("portal.features.notifications.migrations.0003_deliveries")
    return [first.SWEEP, third.GATHER, third.RECEIVE.replace("create function", "create or replace function")]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_live")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([RECEIVE, SWEEP, GATHER], [DROP, *_before()])],
            state_operations=[
                migrations.RemoveIndex("Delivery", "notifications_delivery_digest"),
                migrations.AddIndex(
                    "Delivery",
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["digest_id", "due_at", "citizen_id"],
                        name="notifications_delivery_gather",
                    ),
                ),
            ],
        )
    ]
