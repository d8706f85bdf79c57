"""The tables of kept answers and of processes' reports. `traces.store` and `processes` read and write them."""

from django.db import models

from portal.platform.database.tables import TableSql


class Answer(models.Model):
    """A sealed answer to one inquiry, which goes with its session.

    dataset: the name of the record (`traces.record_names`). kept_at: when the asking that brought it
    began; so a tab that ends late puts no older answer in the place of a fresher one. Unlogged: it never reaches the
    write-ahead log, a replica or a physical back-up.
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


class Process(models.Model):
    """The last report of a process of the portal about its sources; nothing personal.

    Unlogged: the process soon writes it again.
    """

    pk = models.CompositePrimaryKey("place", "number")
    place = models.TextField()
    number = models.SmallIntegerField()
    pid = models.IntegerField()
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    states = models.BinaryField()

    class Meta:
        db_table = "sources_process"

    sql = TableSql(is_unlogged=True, defaults={"heard_at": "now()"})
