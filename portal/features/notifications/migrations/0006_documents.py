"""Let the worker put in notices about documents of the eBox, and settle those that were read there.

It does so by one function, which runs as the worker. A notice stands where it came in its thread, whatever clock the
events go by: none of them can be older than what is there.
"""

from django.db import migrations

PUT = """
create function notifications_put(
    origin text, citizens uuid[], threads uuid[], ids uuid[], ends timestamptz[], sealed bytea[], services text[],
    received timestamptz
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    one record;
    given integer;
    changed timestamptz;
    delivery uuid;
begin
    for one in
        select n.* from unnest(citizens, threads, ids, ends, sealed, services) with ordinality
            n(citizen, thread, id, ends, sealed, service, at) order by n.at
    loop
        if one.id is null then
            -- It was read where it is kept: nothing that stands there is unread any more, whoever opened it here.
            update public.notifications_thread t set opened_at = t.loud_at, opened_number = t.loud_number
            where t.citizen_id = one.citizen and t.thread = one.thread and t.loud_at is not null
                and (t.opened_at is null or (t.opened_at, t.opened_number) < (t.loud_at, t.loud_number));
            continue;
        end if;
        insert into public.notifications_thread as t (
            citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number
        ) values (one.citizen, one.thread, origin, 1, received, 1, received, 1)
        on conflict (citizen_id, thread) do update set
            arrivals = t.arrivals + 1,
            newest_at = greatest(t.newest_at, excluded.newest_at),
            newest_number = t.arrivals + 1,
            loud_at = greatest(t.newest_at, excluded.newest_at),
            loud_number = t.arrivals + 1
        returning t.arrivals, t.newest_at into given, changed;
        insert into public.notifications_notice (
            id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed
        ) values (
            one.id, one.citizen, one.thread, given, origin, changed, received, one.ends, false, false, one.sealed
        );
        delivery := gen_random_uuid();
        insert into public.notifications_delivery (id, citizen_id, notice_id, channel, sealed, put_at)
        values (delivery, one.citizen, one.id, 'email', one.service, received);
        perform public.jobs_defer('notifications.tell', jsonb_build_object('delivery_id', delivery));
    end loop;
end
$$;
revoke all on function notifications_put(text, uuid[], uuid[], uuid[], timestamptz[], bytea[], text[], timestamptz)
    from public;
grant execute on function notifications_put(text, uuid[], uuid[], uuid[], timestamptz[], bytea[], text[], timestamptz)
    to worker;
grant select (arrivals, newest_at), update (arrivals, opened_at, opened_number),
    insert (citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number)
    on notifications_thread to worker;
grant insert (id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed)
    on notifications_notice to worker;
grant insert (id, citizen_id, notice_id, channel, sealed, put_at) on notifications_delivery to worker;
create policy ebox on notifications_notice as restrictive for insert to worker
    with check (body = 'ebox' and not is_waiting and not is_silent);
create policy ebox on notifications_thread as restrictive for insert to worker with check (body = 'ebox');
"""
DROP = """
drop policy ebox on notifications_thread;
drop policy ebox on notifications_notice;
revoke insert (id, citizen_id, notice_id, channel, sealed, put_at) on notifications_delivery from worker;
revoke insert (id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed)
    on notifications_notice from worker;
revoke select (arrivals, newest_at), update (arrivals, opened_at, opened_number),
    insert (citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number)
    on notifications_thread from worker;
drop function notifications_put(text, uuid[], uuid[], uuid[], timestamptz[], bytea[], text[], timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_in_parts")]
    operations = [migrations.RunSQL(PUT, DROP)]
