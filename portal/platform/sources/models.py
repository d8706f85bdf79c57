"""The table of kept answers. Reads and writes are in `store`."""

from django.db import models

from portal.platform.database.tables import TableSql


class Answer(models.Model):
    """A sealed answer of one dataset, gone with its session.

    Unlogged: it never reaches the write-ahead log, a replica or a physical back-up.
    """

    pk = models.CompositePrimaryKey("session_id", "dataset")
    citizen_id = models.UUIDField()
    session = models.ForeignKey("access.Session", on_delete=models.CASCADE, db_index=False)
    dataset = models.TextField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "sources_answer"

    sql = TableSql(is_unlogged=True, defaults={"kept_at": "now()"})
