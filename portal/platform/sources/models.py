"""The table of kept answers. Reads and writes are in `store`."""

from django.db import models


class Answer(models.Model):
    """A sealed answer of one dataset, gone with its session.

    UNLOGGED (see the migration): it never reaches the write-ahead log, a replica or a physical back-up.
    """

    pk = models.CompositePrimaryKey("session_id", "dataset")
    citizen_id = models.UUIDField()
    session = models.ForeignKey("access.Session", on_delete=models.CASCADE, db_column="session_id")
    dataset = models.TextField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "sources"
        db_table = "sources_answer"
