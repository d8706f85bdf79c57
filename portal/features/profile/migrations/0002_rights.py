"""Let the portal change only the columns that it does change."""

from django.db import migrations

RIGHTS = """
revoke update on profile_kept, profile_address, profile_proposal from portal;
grant update (sealed, consent, since) on profile_kept, profile_address to portal;
grant update (id, sealed, code, mail_id, attempts_left, made_at, valid_until) on profile_proposal to portal;
"""
BACK = "grant update on profile_kept, profile_address, profile_proposal to portal"


class Migration(migrations.Migration):
    dependencies = [("profile", "0001_initial")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
