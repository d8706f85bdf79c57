"""The tables of dossiers. Reads are in `queries`, writes in `actions`, both also in `reported`."""

from django.db import models

from portal.platform.database.tables import TableSql


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


class Reported(models.Model):
    """A dossier as its body reported it last, sealed to a citizen who may see it, or for them until they have keys.

    dossier: a keyed hash that names it. body: the id of the agency. is_waiting: sealed for the installation still.
    """

    pk = models.CompositePrimaryKey("citizen_id", "dossier")
    citizen_id = models.UUIDField()
    dossier = models.UUIDField()
    body = models.TextField()
    reported_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_waiting = models.BooleanField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "dossiers_reported"
        indexes = (
            models.Index(fields=["dossier"], name="dossiers_reported_dossier"),
            models.Index(fields=["ends_at"], name="dossiers_reported_ends"),
        )


class Upload(models.Model):
    """One report of a body, without whose dossier it is: so that twice is once, and the newest counts.

    upload, dossier, content, state: keyed hashes of its UploadId, of which dossier it is, of all that it said, and of
    product and status. changed_at: since when it stands so, as the body says; since, begun_at: since when in this
    state, and at all. is_newest: nothing newer was known when it came. is_removed: the body took the dossier back.
    sealed: which dossier and upload it is, for the body's own questions.
    """

    pk = models.CompositePrimaryKey("body", "upload")
    body = models.TextField()
    upload = models.UUIDField()
    content = models.BinaryField()
    dossier = models.UUIDField()
    changed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_newest = models.BooleanField()
    is_removed = models.BooleanField()
    state = models.BinaryField()
    since = models.DateTimeField()
    begun_at = models.DateTimeField()
    is_closed = models.BooleanField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "dossiers_upload"
        indexes = (
            models.Index(fields=["dossier", "changed_at"], name="dossiers_upload_dossier"),
            models.Index(fields=["ends_at"], name="dossiers_upload_ends"),
        )

    sql = TableSql(defaults={"is_removed": "false"})


class Duration(models.Model):
    """How many dossiers took so many days in a state; names no dossier and nobody. state: a keyed hash, as above."""

    pk = models.CompositePrimaryKey("state", "days")
    state = models.BinaryField()
    days = models.IntegerField()
    dossiers = models.IntegerField()

    class Meta:
        db_table = "dossiers_duration"

    sql = TableSql(checks=("days >= 0", "dossiers > 0"))
