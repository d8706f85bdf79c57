"""Make the table of mails about notices, which are put in with the notice, and of which the worker says what became.

Taking in takes one more column: the service, sealed for the worker, which may open it and nothing else of the notice.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
create table notifications_delivery (
    id uuid primary key,
    citizen_id uuid not null,
    notice_id uuid not null references notifications_notice on delete cascade,
    channel text not null check (channel in ('email')),
    state text not null default 'pending' check (state in ('pending', 'digest', 'sent', 'not_needed', 'failed')),
    why text,
    sealed text,
    put_at timestamptz not null,
    due_at timestamptz,
    digest_id uuid,
    settled_at timestamptz,
    constraint notifications_delivery_once unique (notice_id, channel, citizen_id),
    check ((due_at is null) or (state <> 'pending')),
    check ((settled_at is null) = (state in ('pending', 'digest'))),
    check ((why is null) = (state in ('pending', 'digest', 'sent'))),
    check ((sealed is null) = (state in ('sent', 'not_needed', 'failed')))
);
create index notifications_delivery_pending on notifications_delivery (put_at) where settled_at is null;
create index notifications_delivery_due on notifications_delivery (citizen_id, due_at) where settled_at is null;
create index notifications_delivery_digest on notifications_delivery (digest_id) where settled_at is null;
alter table notifications_delivery enable row level security;
alter table notifications_delivery force row level security;
create policy citizen on notifications_delivery to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy delivery on notifications_delivery to worker using (true) with check (true);
revoke all on notifications_delivery from public;
-- What it puts in for the worker it does not read back.
grant insert (id, citizen_id, notice_id, channel, sealed, put_at),
    select (id, citizen_id, notice_id, channel, state, why, put_at, due_at, settled_at)
    on notifications_delivery to portal;
grant select, update (state, why, sealed, due_at, digest_id, settled_at) on notifications_delivery to worker;
grant select (id, body) on notifications_notice to worker;
grant select (is_archived, loud_at, loud_number, opened_at, opened_number) on notifications_thread to worker;
insert into jobs_deferrable (task) values ('notifications.tell'), ('notifications.digest');
drop function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[], text[],
    timestamptz[], timestamptz[], boolean[], boolean[], bytea[], timestamptz);
"""
RECEIVE = """
create function notifications_receive(
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
        perform set_config('app.citizen', one.citizen::text, true);
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
revoke all on function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[],
    text[], timestamptz[], timestamptz[], boolean[], boolean[], bytea[], text[], timestamptz) from public;
grant execute on function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[],
    text[], timestamptz[], timestamptz[], boolean[], boolean[], bytea[], text[], timestamptz) to portal;
"""
GATHER = """
create function notifications_gather(moment timestamptz) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one record;
    digest uuid;
    made integer := 0;
begin
    for one in
        select distinct d.citizen_id from public.notifications_delivery d
        where d.settled_at is null and d.state = 'digest' and d.digest_id is null and d.due_at <= moment
        order by d.citizen_id
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
revoke all on function notifications_gather(timestamptz) from public;
grant execute on function notifications_gather(timestamptz) to worker;
"""
BEFORE = """
create function notifications_receive(
    marks bytea[], contents bytea[], bundle_ends timestamptz[],
    places integer[], ids uuid[], citizens uuid[], threads uuid[], bodies text[], changed timestamptz[],
    ends timestamptz[], silent boolean[], waiting boolean[], sealed bytea[], received timestamptz
) returns table (place integer, taken text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    one record;
    is_new boolean[] := array_fill(false, array[cardinality(marks)]);
    given integer;
    bound text := current_setting('app.citizen', true);
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
        from unnest(places, ids, citizens, threads, bodies, changed, ends, silent, waiting, sealed) with ordinality
            n(place, id, citizen, thread, body, changed, ends, silent, waiting, sealed, at)
        where is_new[n.place] order by n.citizen, n.thread, n.at
    loop
        perform set_config('app.citizen', one.citizen::text, true);
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
    end loop;
    perform set_config('app.citizen', coalesce(bound, ''), true);
end
$$;
revoke all on function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[],
    text[], timestamptz[], timestamptz[], boolean[], boolean[], bytea[], timestamptz) from public;
grant execute on function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[],
    text[], timestamptz[], timestamptz[], boolean[], boolean[], bytea[], timestamptz) to portal;
"""
DROP = """
drop function notifications_gather(timestamptz);
drop function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[], text[],
    timestamptz[], timestamptz[], boolean[], boolean[], bytea[], text[], timestamptz);
delete from jobs_deferrable where task in ('notifications.tell', 'notifications.digest');
drop table notifications_delivery;
revoke select (id, body) on notifications_notice from worker;
revoke select (is_archived, loud_at, loud_number, opened_at, opened_number) on notifications_thread from worker;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_preferences"), ("jobs", "0003_rights")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([CREATE, RECEIVE, GATHER], [DROP, BEFORE])],
            state_operations=[
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField()),
                        ("channel", models.TextField()),
                        ("state", models.TextField()),
                        ("why", models.TextField(null=True)),
                        ("sealed", models.TextField(null=True)),
                        ("put_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("digest_id", models.UUIDField(null=True)),
                        ("settled_at", models.DateTimeField(null=True)),
                        (
                            "notice",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="notifications.notice",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "notifications_delivery",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("notice", "channel", "citizen_id"), name="notifications_delivery_once"
                            )
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=["put_at"],
                                name="notifications_delivery_pending",
                            ),
                            models.Index(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=["citizen_id", "due_at"],
                                name="notifications_delivery_due",
                            ),
                            models.Index(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=["digest_id"],
                                name="notifications_delivery_digest",
                            ),
                        ],
                    },
                ),
            ],
        )
    ]
