"""Let nothing of the journal depend on names that somebody may shadow, and let a worker say whether it seals.

`journal_state` is one row. Whoever seals locks it: advisory locks are open to every role, this row is the worker's
alone. It bears the id by which the worker knows this database from one that was made anew, and says to the portal
whether anything keeps the worker from sealing. Anchors now bear the mark of the worker's key, and come through a
function that only goes forward: neither a role's password nor a mistake makes a foreign one.
"""

from django.db import migrations, models

PINNED = "alter function journal_refuse() set search_path = pg_catalog, pg_temp;"
UNPINNED = "alter function journal_refuse() reset search_path;"

MAIN = """
create table journal_state (
    only_one boolean primary key default true check (only_one),
    installation uuid not null default gen_random_uuid(),
    looked_at timestamptz,
    trouble text
);
insert into journal_state default values;
revoke all on journal_state from public;
grant select on journal_state to worker;
grant update (looked_at, trouble) on journal_state to worker;
grant select (looked_at, trouble) on journal_state to portal;

-- What a restore is explained with is written as an employee, who is named as a function.
create policy accepting on journal_entry for insert to worker
    with check (actor_kind = 'employee' and name = 'accept the journal' and citizen_id is null);

-- How many numbers were given out: a row that is hidden leaves a number without a row.
grant select on sequence journal_entry_id_seq to worker;
"""
MAIN_BACK = """
revoke select on sequence journal_entry_id_seq from worker;
drop policy accepting on journal_entry;
drop table journal_state;
"""

BESIDE_KEYS = """
alter table journal_anchor add column mac bytea check (octet_length(mac) = 32);
-- Those that were there bear none: they are known by their batches.
alter table journal_anchor add constraint journal_anchor_marked check (mac is not null) not valid;

create function journal_anchor_add(anchor_number bigint, anchor_hash bytea, anchor_mac bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    newest bigint := coalesce((select max(a.number) from public.journal_anchor a), 0);
begin
    if exists (select from public.journal_anchor a where a.number = anchor_number and a.hash = anchor_hash) then
        return;
    end if;
    -- Some numbers are passed over when a chain goes on after a break; nobody may use them all up at once.
    if anchor_number <= newest or anchor_number > newest + 1000000 then
        raise exception 'anchor % does not come after anchor %', anchor_number, newest
            using errcode = 'check_violation';
    end if;
    insert into public.journal_anchor (number, hash, mac) values (anchor_number, anchor_hash, anchor_mac);
end
$$;
revoke all on function journal_anchor_add(bigint, bytea, bytea) from public;
grant execute on function journal_anchor_add(bigint, bytea, bytea) to worker;
revoke insert on journal_anchor from worker;
"""
BESIDE_KEYS_BACK = """
grant insert on journal_anchor to worker;
drop function journal_anchor_add(bigint, bytea, bytea);
alter table journal_anchor drop column mac;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_parent")]
    operations = [
        migrations.RunSQL(
            [PINNED, BESIDE_KEYS],
            [UNPINNED, BESIDE_KEYS_BACK],
            state_operations=[migrations.AddField("anchor", "mac", models.BinaryField(null=True))],
            hints={"key_database": True},
        ),
        migrations.RunSQL(
            [PINNED, MAIN],
            [UNPINNED, MAIN_BACK],
            state_operations=[
                migrations.CreateModel(
                    name="State",
                    fields=[
                        ("only_one", models.BooleanField(primary_key=True, serialize=False)),
                        ("installation", models.UUIDField()),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("trouble", models.TextField(null=True)),
                    ],
                    options={"db_table": "journal_state"},
                ),
            ],
        ),
    ]
