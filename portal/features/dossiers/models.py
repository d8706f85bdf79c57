"""The table of dossiers. Reads are in `queries`, writes in `actions`, walls in the migration."""

from django.db import models


class Seen(models.Model):
    """That a citizen saw what a dossier said, sealed with their data key: which dossier, and of which day.

    mark: a keyed hash of all that it said then, by which it is known without being opened.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "dossiers_seen"
