"""Let the portal change of a kind of device only when it was last used, and take none away.

Whoever has the portal's password could else make a device known, or all of a citizen's, so that no new one is told.
"""

from django.db import migrations

RIGHTS = "revoke update, delete on access_device from portal; grant update (last_seen_on) on access_device to portal"
BACK = "grant update, delete on access_device to portal"


class Migration(migrations.Migration):
    dependencies = [("access", "0005_pinned")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
