"""Wake the open pages of a citizen when what they show of notices changes, whoever changes it."""

from django.db import migrations

# That something was seen in the list changes nothing that is shown.
CREATE = """
create trigger notifications_thread_wakes after insert or delete on notifications_thread
    for each row execute function live_wake();
create trigger notifications_thread_changed_wakes after update on notifications_thread
    for each row when (
        (old.is_unread, old.is_archived, old.newest_at, old.newest_number)
        is distinct from (new.is_unread, new.is_archived, new.newest_at, new.newest_number)
        or (old.loud_at, old.loud_number) is distinct from (new.loud_at, new.loud_number)
    ) execute function live_wake();
"""
DROP = """
drop trigger notifications_thread_changed_wakes on notifications_thread;
drop trigger notifications_thread_wakes on notifications_thread;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_deliveries"), ("live", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
