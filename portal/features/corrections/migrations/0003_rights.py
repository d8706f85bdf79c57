"""Let the portal take away reports as a whole only, with what belongs to them: no errand, and no word of a body."""

from django.db import migrations

RIGHTS = "revoke delete on corrections_delivery, corrections_status from portal"
BACK = "grant delete on corrections_delivery, corrections_status to portal"


class Migration(migrations.Migration):
    dependencies = [("corrections", "0002_deferrable")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
