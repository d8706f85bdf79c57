"""Make the session table: unlogged, for the role `portal` only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BinaryField(primary_key=True, serialize=False)),
                ("sealed_identity", models.BinaryField()),
                ("opened_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
            ],
            options={"db_table": "access_session"},
        ),
        migrations.RunSQL(
            # Pages are left half empty so that `last_seen_at` is updated in place (HOT), without index churn.
            sql="""
                alter table access_session set unlogged;
                alter table access_session set (fillfactor = 50);
                revoke all on access_session from public;
                grant select, insert, update, delete on access_session to portal;
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
