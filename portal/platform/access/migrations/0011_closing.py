"""Keep an erasure for as long as a page can be under way, and let the portal's processes close those that are over.

`erased_at` says that the keys are gone; until then the worker may finish it. While the row stands what a late page
put in can be taken away once more, kinds of device too.

`access_erased` says of keys that are gone, by a hash that names nobody, that they are to go again where a back-up of
the key database brings them back.
"""

from django.db import migrations, models

SQL = """
alter table access_erasure add column erased_at timestamptz;
alter policy finishing on access_erasure with check (erased_at is not null);
create policy closing on access_erasure for select to portal using (true);
grant update (id, at, erased_at) on access_erasure to portal;
grant update (erased_at) on access_erasure to worker;

create table access_erased (
    mark bytea primary key check (octet_length(mark) = 32),
    ends_at timestamptz not null
);
revoke all on access_erased from public;
grant select (mark), insert on access_erased to portal;
grant select, delete on access_erased to worker;
"""
BACK = """
drop table access_erased;
revoke update (erased_at) on access_erasure from worker;
revoke update (id, at, erased_at) on access_erasure from portal;
drop policy closing on access_erasure;
alter policy finishing on access_erasure with check (false);
alter table access_erasure drop column erased_at;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0010_erasure")]
    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            state_operations=[
                migrations.AddField("unfinishederasure", "erased_at", models.DateTimeField(null=True)),
                migrations.CreateModel(
                    name="ErasedKeys",
                    fields=[
                        ("mark", models.BinaryField(primary_key=True, serialize=False)),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={"db_table": "access_erased"},
                ),
            ],
        )
    ]
