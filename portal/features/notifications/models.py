"""The tables of notices. Reads are in `queries`, writes in `actions`, `receiving` and `documents`.

The place of a notice in its thread is a position: when the thing changed, by its body, then the number of its
arrival. How far a citizen opened a thread, saw it in the list and archived it are positions too, so that clocks do
not decide what they have read.
"""

from django.db import models

from portal.platform.database.tables import TableSql


class Bundle(models.Model):
    """A bundle that was received, to recognise it when it is sent again. It names no citizen.

    mark: keyed hash of its sender and Id; content: keyed hash of all that it says.
    """

    mark = models.BinaryField(primary_key=True)
    content = models.BinaryField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "notifications_bundle"
        indexes = (models.Index(fields=["ends_at"], name="notifications_bundle_ends"),)


class Thread(models.Model):
    """All notices to one citizen about one thing, and how far they read them.

    thread: keyed hash of citizen, body and what it is about. arrivals: how many notices came, which numbers the next.
    Positions: newest; loud, the newest that is not silent; opened, listed and archived, how far the citizen did so.
    The database computes two columns: is_archived: no loud notice came after the archived position. is_unread: a loud
    notice came after the opened position, or the citizen marked it as unread; and it is not archived.
    """

    pk = models.CompositePrimaryKey("citizen_id", "thread")
    citizen_id = models.UUIDField()
    thread = models.UUIDField()
    body = models.TextField()
    arrivals = models.IntegerField()
    newest_at = models.DateTimeField()
    newest_number = models.IntegerField()
    loud_at = models.DateTimeField(null=True)
    loud_number = models.IntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_number = models.IntegerField(null=True)
    listed_at = models.DateTimeField(null=True)
    listed_number = models.IntegerField(null=True)
    archived_at = models.DateTimeField(null=True)
    archived_number = models.IntegerField(null=True)
    is_marked_unread = models.BooleanField()
    is_archived = models.BooleanField()
    is_unread = models.BooleanField()

    class Meta:
        db_table = "notifications_thread"
        indexes = (
            models.Index(
                fields=["citizen_id", "is_archived", "newest_at", "thread"], name="notifications_thread_listed"
            ),
            models.Index(
                fields=["citizen_id"], condition=models.Q(is_unread=True), name="notifications_thread_unread"
            ),
        )

    sql = TableSql(defaults={"is_marked_unread": "false"})


class Notice(models.Model):
    """One notice. changed_at, number: its position (the number of its arrival in the thread).

    sealed: to its citizen, or to the installation while they have no keys (is_waiting; `keys.arrivals`). ends_at: end
    of its term.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField()
    thread = models.UUIDField()
    number = models.IntegerField()
    body = models.TextField()
    changed_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_silent = models.BooleanField()
    is_waiting = models.BooleanField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "notifications_notice"
        constraints = (
            models.UniqueConstraint(
                fields=["citizen_id", "thread", "changed_at", "number"], name="notifications_notice_position"
            ),
        )
        indexes = (
            models.Index(fields=["ends_at"], name="notifications_notice_ends"),
            models.Index(
                fields=["citizen_id"], condition=models.Q(is_waiting=True), name="notifications_notice_waiting"
            ),
        )


class Preferences(models.Model):
    """The contact preferences of a citizen, sealed with their mail key, which the worker can use.

    consent: the name of the text that they agreed to; since: when.
    """

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "notifications_preferences"


class Delivery(models.Model):
    """The mail about one notice, added with it (put_at). channel: "email".

    state: "pending"; "digest", it goes into the mail of the day of due_at, which the job digest_id sends; "sent",
    "not_needed" or "failed", since settled_at, with the reason in why. sealed: the errand for the worker, null once
    it is settled.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField()
    notice = models.ForeignKey(Notice, models.CASCADE, db_index=False)
    channel = models.TextField()
    state = models.TextField()
    why = models.TextField(null=True)
    sealed = models.TextField(null=True)
    put_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    digest_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notifications_delivery"
        constraints = (
            models.UniqueConstraint(fields=["notice", "channel", "citizen_id"], name="notifications_delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["put_at"], condition=models.Q(settled_at__isnull=True), name="notifications_delivery_pending"
            ),
            models.Index(
                fields=["citizen_id", "due_at"],
                condition=models.Q(settled_at__isnull=True),
                name="notifications_delivery_due",
            ),
            models.Index(
                fields=["digest_id", "due_at", "citizen_id"],
                condition=models.Q(settled_at__isnull=True),
                name="notifications_delivery_gather",
            ),
        )

    sql = TableSql(
        defaults={"state": "'pending'::text"},
        checks=(
            "channel in ('email')",
            "state in ('pending', 'digest', 'sent', 'not_needed', 'failed')",
            "(due_at is null) or (state <> 'pending')",
            "(settled_at is null) = (state in ('pending', 'digest'))",
            "(why is null) = (state in ('pending', 'digest', 'sent'))",
            "(sealed is null) = (state in ('sent', 'not_needed', 'failed'))",
        ),
    )
