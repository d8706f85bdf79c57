"""Wake the open pages of a citizen when a session of theirs ends, so that those of that session close at once."""

from django.db import migrations

CREATE = """
create trigger access_session_wakes after delete on access_session for each row execute function live_wake();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0007_described"), ("live", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "drop trigger access_session_wakes on access_session")]
