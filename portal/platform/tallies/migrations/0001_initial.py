"""Make the table of how often pages were opened. `portal` adds to it; the worker takes away what is over."""

from django.db import migrations, models

CREATE = """
create table tallies_page (
    day date not null,
    route text not null,
    opened integer not null check (opened > 0),
    primary key (day, route)
);
revoke all on tallies_page from public;
grant select, insert, update (opened) on tallies_page to portal;
grant select (day), delete on tallies_page to worker;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "drop table tallies_page")],
            state_operations=[
                migrations.CreateModel(
                    name="PageTally",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "day", "route", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("day", models.DateField()),
                        ("route", models.TextField()),
                        ("opened", models.IntegerField()),
                    ],
                    options={"db_table": "tallies_page"},
                ),
            ],
        )
    ]
