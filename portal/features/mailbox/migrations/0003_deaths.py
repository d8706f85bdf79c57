"""Let the worker end the link of who died, and keep when it is to ask about each.

It sees of a link whose it is, and nothing of the yes itself; it can make none.
"""

from django.db import migrations, models

CREATE = """
alter table mailbox_box add column due_at timestamptz not null default now();
create index mailbox_box_due on mailbox_box (due_at);
grant update (due_at), delete on mailbox_box to worker;
create policy deaths on mailbox_link for select to worker using (true);
create policy ends on mailbox_link for delete to worker using (true);
grant select (citizen_id), delete on mailbox_link to worker;
"""
DROP = """
revoke all on mailbox_link from worker;
drop policy ends on mailbox_link;
drop policy deaths on mailbox_link;
revoke update (due_at), delete on mailbox_box from worker;
drop index mailbox_box_due;
alter table mailbox_box drop column due_at;
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0002_events"), ("notifications", "0007_forgettable")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name="mailboxbox", name="due_at", field=models.DateTimeField(), preserve_default=False
                ),
                migrations.AddIndex(
                    model_name="mailboxbox", index=models.Index(fields=["due_at"], name="mailbox_box_due")
                ),
            ],
        )
    ]
