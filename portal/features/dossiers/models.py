"""The tables of dossiers. `queries` and `reported.queries` read them, `actions` and `reported.actions` write."""

from django.db import models

from portal.platform.database.tables import TableSql


class Seen(models.Model):
    """A mark that a citizen saw a dossier in one state.

    mark: a keyed hash of that state, by which the portal recognises it without decrypting. sealed: which dossier, and
    the day of its change (`types.Seen`), with the citizen's data key. since: when they marked it; the row goes two
    years later.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "dossiers_seen"


class Reported(models.Model):
    """A dossier as its body last reported it, sealed to one citizen who may see it.

    dossier: a keyed hash of its number. body: the id of the agency. reported_at: when we received the report.
    ends_at: until when the row is kept, not when the dossier ends. is_waiting: the citizen has no keys yet, so it is
    sealed for the installation.
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
    """One report of a body, without the citizens it is about: it shows which is a repeat, and which is the newest.

    upload, dossier, content, state: keyed hashes of its UploadId, of the dossier's number, of all its content, and of
    product and status. changed_at: from when the report holds, as the body says. since, begun_at: when the dossier
    came into this state, and when it began. received_at: by our clock. ends_at: until when the row is kept, not when
    the dossier ends. is_newest: nothing newer was known when the report was received. is_removed: the body withdrew
    the dossier. is_closed: by this report or by an earlier one; its durations are counted once. sealed: the numbers
    of dossier and upload, for the body's own questions.
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
    """How many dossiers spent so many days in a state; it names no dossier and no citizen. state: as in `Upload`, or
    of a whole dossier (`reported.actions.WHOLE`).
    """

    pk = models.CompositePrimaryKey("state", "days")
    state = models.BinaryField()
    days = models.IntegerField()
    dossiers = models.IntegerField()

    class Meta:
        db_table = "dossiers_duration"

    sql = TableSql(checks=("days >= 0", "dossiers > 0"))
