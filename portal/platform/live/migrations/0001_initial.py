"""Make the function that wakes who waits for news of a citizen: triggers call it, of rooms whose rows are news."""

from django.db import migrations

# The mark is that of `waking.mark_of`: no role that listens learns from it of whom it is.
CREATE = """
create function live_wake() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify(
        'live', encode(sha256('live'::bytea || uuid_send(coalesce(new.citizen_id, old.citizen_id))), 'hex')
    );
    return null;
end
$$;
revoke all on function live_wake() from public;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(CREATE, "drop function live_wake()")]
