"""Give the installation pairs of its own, to which what arrives for citizens without keys is sealed; and let the
public halves of many citizens be found in one message.

The function runs as who calls it, behind each citizen's own wall in turn: it shows nothing that the portal could not
read one by one.
"""

from django.db import migrations, models

ARRIVAL = """
create table keys_arrival (
    id uuid primary key,
    private_key text not null,
    public_key bytea not null,
    created_at timestamptz not null default now()
);
revoke all on keys_arrival from public;
grant select, insert, update (private_key) on keys_arrival to portal;

create function keys_letterboxes(citizens uuid[]) returns table (citizen_id uuid, pair uuid, public_key bytea)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    one uuid;
    bound text := current_setting('app.citizen', true);
begin
    foreach one in array citizens loop
        perform set_config('app.citizen', one::text, true);
        return query select k.citizen_id, null::uuid, k.public_key
            from public.keys_citizen k where k.citizen_id = one;
    end loop;
    perform set_config('app.citizen', coalesce(bound, ''), true);
    return query select null::uuid, a.id, a.public_key from public.keys_arrival a
        order by a.created_at desc, a.id desc limit 1;
end
$$;
revoke all on function keys_letterboxes(uuid[]) from public;
grant execute on function keys_letterboxes(uuid[]) to portal;
"""
BACK = "drop function keys_letterboxes(uuid[]); drop table keys_arrival"


class Migration(migrations.Migration):
    dependencies = [("keys", "0004_described")]
    operations = [
        migrations.RunSQL(
            ARRIVAL,
            BACK,
            state_operations=[
                migrations.CreateModel(
                    name="Arrival",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("private_key", models.TextField()),
                        ("public_key", models.BinaryField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"db_table": "keys_arrival"},
                ),
            ],
        )
    ]
