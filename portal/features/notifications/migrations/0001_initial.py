"""Make the tables of notices, with a wall around each citizen's, and the functions that count, take in and sweep.

Nobody needs to be privileged for them: taking in runs as the portal, behind the wall of each citizen in turn, in a
transaction that itself acts for nobody and so reads nothing back. The worker sees when a notice ends and where it
stands, and never what it says.
"""

from django.db import migrations, models

CREATE = """
create table notifications_bundle (
    mark bytea primary key,
    content bytea not null,
    ends_at timestamptz not null
);
create index notifications_bundle_ends on notifications_bundle (ends_at);

create table notifications_thread (
    citizen_id uuid not null,
    thread uuid not null,
    body text not null,
    arrivals integer not null,
    newest_at timestamptz not null,
    newest_number integer not null,
    loud_at timestamptz,
    loud_number integer,
    opened_at timestamptz,
    opened_number integer,
    listed_at timestamptz,
    listed_number integer,
    archived_at timestamptz,
    archived_number integer,
    is_marked_unread boolean not null default false,
    is_archived boolean not null generated always as (
        archived_at is not null
        and (loud_at is null or (loud_at, loud_number) <= (archived_at, archived_number))
    ) stored,
    is_unread boolean not null generated always as (
        not (
            archived_at is not null
            and (loud_at is null or (loud_at, loud_number) <= (archived_at, archived_number))
        )
        and (
            is_marked_unread
            or (loud_at is not null and (opened_at is null or (loud_at, loud_number) > (opened_at, opened_number)))
        )
    ) stored,
    primary key (citizen_id, thread)
);
create index notifications_thread_listed on notifications_thread (citizen_id, is_archived, newest_at, thread);
create index notifications_thread_unread on notifications_thread (citizen_id) where is_unread;
alter table notifications_thread enable row level security;
alter table notifications_thread force row level security;
create policy citizen on notifications_thread to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on notifications_thread to worker using (true) with check (true);

create table notifications_notice (
    id uuid primary key,
    citizen_id uuid not null,
    thread uuid not null,
    number integer not null,
    body text not null,
    changed_at timestamptz not null,
    arrived_at timestamptz not null,
    ends_at timestamptz not null,
    is_silent boolean not null,
    is_waiting boolean not null,
    sealed bytea not null,
    constraint notifications_notice_position unique (citizen_id, thread, changed_at, number)
);
create index notifications_notice_ends on notifications_notice (ends_at);
create index notifications_notice_waiting on notifications_notice (citizen_id) where is_waiting;
alter table notifications_notice enable row level security;
alter table notifications_notice force row level security;
create policy citizen on notifications_notice to portal
    using (citizen_id = nullif(current_setting('app.citizen', true), '')::uuid);
create policy term on notifications_notice to worker using (true);

revoke all on notifications_bundle, notifications_thread, notifications_notice from public;
grant select, insert on notifications_bundle to portal;
grant select, insert, delete on notifications_thread to portal;
grant update (arrivals, newest_at, newest_number, loud_at, loud_number, opened_at, opened_number, listed_at,
    listed_number, archived_at, archived_number, is_marked_unread) on notifications_thread to portal;
grant select, insert, delete, update (is_waiting, sealed) on notifications_notice to portal;
grant select (mark, ends_at), delete on notifications_bundle to worker;
grant select (citizen_id, thread), delete, update (newest_at, newest_number, loud_at, loud_number)
    on notifications_thread to worker;
grant select (citizen_id, thread, number, changed_at, ends_at, is_silent), delete on notifications_notice to worker;
"""
UNREAD = """
create function notifications_unread(citizen uuid) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
    select count(*)::integer from (
        select from public.notifications_thread t where t.citizen_id = citizen and t.is_unread limit 100
    ) counted
$$;
revoke all on function notifications_unread(uuid) from public;
grant execute on function notifications_unread(uuid) to portal;
"""
RECEIVE = """
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
SWEEP = """
create function notifications_sweep(before timestamptz) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one record;
    gone integer := 0;
    removed integer;
begin
    for one in
        select distinct n.citizen_id, n.thread from public.notifications_notice n
        where n.ends_at < before order by n.citizen_id, n.thread
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
    delete from public.notifications_bundle b where b.ends_at < before;
    return gone;
end
$$;
revoke all on function notifications_sweep(timestamptz) from public;
grant execute on function notifications_sweep(timestamptz) to worker;
"""
DROP = """
drop function notifications_sweep(timestamptz);
drop function notifications_receive(bytea[], bytea[], timestamptz[], integer[], uuid[], uuid[], uuid[], text[],
    timestamptz[], timestamptz[], boolean[], boolean[], bytea[], timestamptz);
drop function notifications_unread(uuid);
drop table notifications_notice, notifications_thread, notifications_bundle;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            [CREATE, UNREAD, RECEIVE, SWEEP],
            DROP,
            state_operations=[
                migrations.CreateModel(
                    name="Bundle",
                    fields=[
                        ("mark", models.BinaryField(primary_key=True, serialize=False)),
                        ("content", models.BinaryField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "notifications_bundle",
                        "indexes": [models.Index(fields=["ends_at"], name="notifications_bundle_ends")],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "citizen_id", "thread", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("citizen_id", models.UUIDField()),
                        ("thread", models.UUIDField()),
                        ("body", models.TextField()),
                        ("arrivals", models.IntegerField()),
                        ("newest_at", models.DateTimeField()),
                        ("newest_number", models.IntegerField()),
                        ("loud_at", models.DateTimeField(null=True)),
                        ("loud_number", models.IntegerField(null=True)),
                        ("opened_at", models.DateTimeField(null=True)),
                        ("opened_number", models.IntegerField(null=True)),
                        ("listed_at", models.DateTimeField(null=True)),
                        ("listed_number", models.IntegerField(null=True)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("archived_number", models.IntegerField(null=True)),
                        ("is_marked_unread", models.BooleanField()),
                        ("is_archived", models.BooleanField()),
                        ("is_unread", models.BooleanField()),
                    ],
                    options={
                        "db_table": "notifications_thread",
                        "indexes": [
                            models.Index(
                                fields=["citizen_id", "is_archived", "newest_at", "thread"],
                                name="notifications_thread_listed",
                            ),
                            models.Index(
                                condition=models.Q(("is_unread", True)),
                                fields=["citizen_id"],
                                name="notifications_thread_unread",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("citizen_id", models.UUIDField()),
                        ("thread", models.UUIDField()),
                        ("number", models.IntegerField()),
                        ("body", models.TextField()),
                        ("changed_at", models.DateTimeField()),
                        ("arrived_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("is_silent", models.BooleanField()),
                        ("is_waiting", models.BooleanField()),
                        ("sealed", models.BinaryField()),
                    ],
                    options={
                        "db_table": "notifications_notice",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("citizen_id", "thread", "changed_at", "number"),
                                name="notifications_notice_position",
                            )
                        ],
                        "indexes": [
                            models.Index(fields=["ends_at"], name="notifications_notice_ends"),
                            models.Index(
                                condition=models.Q(("is_waiting", True)),
                                fields=["citizen_id"],
                                name="notifications_notice_waiting",
                            ),
                        ],
                    },
                ),
            ],
        )
    ]
