"""The table of mails to be sent. Reads and writes are in `actions`."""

from django.db import models

from portal.platform.database.tables import TableSql


class Outbox(models.Model):
    """One mail that is not sent yet.

    sealed: the message, sealed with the citizen's mail key and bound to this row. greeting: the nickname, sealed
    apart. `portal` sees the rows of the citizen it acts for, `worker` the one mail that its transaction names,
    `owner` none (see the migrations).
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    greeting = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "mail_outbox"

    sql = TableSql(defaults={"created_at": "now()"})
