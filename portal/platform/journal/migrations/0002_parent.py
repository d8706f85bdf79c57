"""Let a parent be who looked: the entry is about the child, so the wall around it is the child's."""

from django.db import migrations

SQL = """
alter table journal_entry drop constraint journal_entry_actor_kind_check;
alter table journal_entry add constraint journal_entry_actor_kind_check
    check (actor_kind in ('citizen', 'body', 'system', 'employee', 'parent'));
"""
# What a parent looked at stays in the journal: only new rows are held to the narrower rule.
BACK = """
alter table journal_entry drop constraint journal_entry_actor_kind_check;
alter table journal_entry add constraint journal_entry_actor_kind_check
    check (actor_kind in ('citizen', 'body', 'system', 'employee')) not valid;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
