"""Let the worker take keys once more that were erased, of which a back-up of this database brought back the row.

It names them by a hash of their public half, which the portal keeps in the main database when it erases somebody
(`access.repeating`). The worker cannot read that half, so its password names nobody who was not erased; and who came
back since has other keys. The function runs as the owner, who sees by it only the rows that the hashes name.
"""

from django.db import migrations, models

CREATE = """
create index keys_citizen_mark on keys_citizen (sha256(public_key));
create policy repeated on keys_citizen for select to current_role
    using (sha256(public_key) = any((select nullif(current_setting('app.erased', true), '')::bytea[])::bytea[]));
create function keys_erase_again(marks bytea[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    one uuid;
    gone bigint := 0;
    bound text := current_setting('app.citizen', true);
begin
    perform set_config('app.erased', marks::text, true);
    for one in select k.citizen_id from public.keys_citizen k where sha256(k.public_key) = any(marks) loop
        perform set_config('app.citizen', one::text, true);
        delete from public.keys_citizen k where k.citizen_id = one;
        delete from public.keys_subject s where s.citizen_id = one;
        gone := gone + 1;
    end loop;
    perform set_config('app.citizen', coalesce(bound, ''), true);
    perform set_config('app.erased', '', true);
    return gone;
end
$$;
revoke all on function keys_erase_again(bytea[]) from public;
grant execute on function keys_erase_again(bytea[]) to worker;
"""
BACK = """
drop function keys_erase_again(bytea[]);
drop policy repeated on keys_citizen;
drop index keys_citizen_mark;
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0007_erasure")]
    operations = [
        migrations.RunSQL(
            CREATE,
            BACK,
            state_operations=[
                migrations.AddIndex(
                    "citizen",
                    models.Index(models.Func("public_key", function="sha256"), name="keys_citizen_mark"),
                )
            ],
        )
    ]
