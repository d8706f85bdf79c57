"""The tables of notices. Reads are in `queries`, writes in `actions` and `receiving`, walls in the migrations.

Where a notice stands in a thread is a position: when, as its body says, then the order in which they came. What the
citizen opened, saw in the list and put into the archive are such positions too, so that no clock decides what
they have read.
"""

from django.db import models

from portal.platform.database.tables import TableSql


class Bundle(models.Model):
    """A bundle that a body sent, by a keyed mark of its Id; content: a keyed hash of all that it said.

    Nothing here is of a citizen: it says that the same bundle was taken before.
    """

    mark = models.BinaryField(primary_key=True)
    content = models.BinaryField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "notifications_bundle"
        indexes = (models.Index(fields=["ends_at"], name="notifications_bundle_ends"),)


class Thread(models.Model):
    """What one citizen was told about one thing, and how far they read it.

    thread: a keyed mark of citizen, body and what it is about. arrivals: how many notices came, which numbers them.
    newest, loud, opened, listed, archived: positions; loud: the newest that is not silent.
    is_archived: nothing loud came since it was put into the archive. is_unread: something loud came since it was
    opened, or the citizen marked it so, and it is not archived; the database works both out.
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
    """One notice. number: in the order in which those of its thread came. changed_at: when, by its body's clock.

    sealed: to its citizen, or, as long as they have no keys (is_waiting), to the installation (`keys.arrivals`).
    ends_at: when its term is over.
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
    """About what, where and how soon a citizen wants mails, sealed with their mail key, which the worker can open."""

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "notifications_preferences"


class Delivery(models.Model):
    """The mail about one notice, put in with it. put_at: when. channel: "email".

    state: pending; digest: to come with the mail of due_at, of which digest_id is the job; sent; not_needed or
    failed, and why. sealed: the service, for the worker; it goes when settled_at says when all was said.
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
