"""Let the portal change of an answer what it keeps anew; answers go with their session, and in no other way."""

from django.db import migrations

RIGHTS = (
    "revoke update, delete on sources_answer from portal; grant update (sealed, kept_at) on sources_answer to portal"
)
BACK = "grant update, delete on sources_answer to portal"


class Migration(migrations.Migration):
    dependencies = [("sources", "0002_citizen")]
    operations = [migrations.RunSQL(RIGHTS, BACK)]
