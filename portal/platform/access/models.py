"""The table of sessions. Reads and writes are in `sessions`."""

from django.db import models


class Session(models.Model):
    """One signed-in browser, with nothing about the person in the clear.

    UNLOGGED (see the migration): a session never reaches the write-ahead log, a replica or a back-up; when the
    database crashes, everyone is signed out. The id is derived from the cookie's secret and the identity is sealed
    with another key derived from it, so the table alone opens nothing.
    """

    id = models.BinaryField(primary_key=True)
    sealed_identity = models.BinaryField()
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        app_label = "access"
        db_table = "access_session"
