"""Let one more address be entered and confirmed, beside a nickname and a main address.

It is a transaction of its own: a portal of the release before holds a row of this table while it wants one of
`profile_kept`, and would wait for a migration that holds that table and wants this one.
"""

from django.db import migrations

CHECK = """
alter table profile_proposal drop constraint profile_proposal_kind_check;
alter table profile_proposal add constraint profile_proposal_kind_check
    check (kind in ('nickname', 'email', 'other_email'));
"""
BACK = """
truncate profile_proposal;
alter table profile_proposal drop constraint profile_proposal_kind_check;
alter table profile_proposal add constraint profile_proposal_kind_check check (kind in ('nickname', 'email'));
"""


class Migration(migrations.Migration):
    dependencies = [("profile", "0005_email")]
    operations = [migrations.RunSQL(CHECK, BACK)]
