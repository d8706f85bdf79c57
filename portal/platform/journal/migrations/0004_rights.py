"""Take away what PostgreSQL gives everybody by default: calling a function."""

from django.db import migrations

RIGHTS = "revoke all on function journal_refuse() from public"
BACK = "grant execute on function journal_refuse() to public"


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_standing")]
    operations = [
        migrations.RunSQL(RIGHTS, BACK, hints={"key_database": True}),
        migrations.RunSQL(RIGHTS, BACK),
    ]
