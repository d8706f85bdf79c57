"""Pin what names mean inside the function that finds a session, whoever calls it and with whatever path."""

from django.db import migrations

PIN = "alter function access_session_find set search_path = public, pg_temp"
BACK = "alter function access_session_find reset search_path"


class Migration(migrations.Migration):
    dependencies = [("access", "0004_once")]
    operations = [migrations.RunSQL(PIN, BACK)]
