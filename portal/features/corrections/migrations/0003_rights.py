"""Let the portal delete whole reports only, which takes errands and statuses along, and none of these alone."""

from django.db import migrations

RIGHTS = "revoke delete on corrections_delivery, corrections_status from portal"
BACK = "grant delete on corrections_delivery, corrections_status to portal"


class Migration(migrations.Migration):
    dependencies = [("corrections", "0002_deferrable")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
