"""The tables of the mailbox. The rooms that use each are named in it; migrations grant rights and row policies.

`mark` is a keyed hash by which a row is found without decrypting anything; `sealed` is encrypted, and bound to its
row.
"""

from django.db import models

from portal.platform.database.tables import TableSql


class MailboxLink(models.Model):
    """The link of a citizen with their eBox. Used in `actions` and `queries`.

    consent: the name of the text that they agreed to; since: when.
    sealed: the id of the e-mail address that they chose, with their mail key, bound to text and moment: a row that
    somebody else wrote or changed cannot be decrypted, and counts as no link.
    """

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_link"


class UntoldLink(models.Model):
    """An announcement to the federation that a link began or ended, until it is confirmed. Used in `announcements`.

    wish: a new random id each time the link changes. due_at: from when on it may be sent. ends_at: for the end of a
    link, until when it is tried; None while there is a link.
    """

    citizen_id = models.UUIDField(primary_key=True)
    wish = models.UUIDField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mailbox_untold"


class Farewell(models.Model):
    """The announcement that a link ended because its citizen had everything erased. Used in `farewells`.

    Unlogged. sealed: the national number, with a key of the installation. due_at: of the next try; ends_at: until
    when it is tried.
    """

    citizen = models.OneToOneField(UntoldLink, primary_key=True, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_farewell"

    sql = TableSql(is_unlogged=True)


class MailboxBox(models.Model):
    """The box of a citizen who linked their eBox, for the worker. Used in `events.boxes` and `link.deaths`.

    mark: of the national number; None until the worker adds it. sealed: that number and the citizen's public key,
    with a key derived from their mail key. due_at: when the register is to be asked whether they died.
    """

    citizen_id = models.UUIDField(primary_key=True)
    mark = models.BinaryField(null=True, unique=True)
    sealed = models.BinaryField()
    due_at = models.DateTimeField()

    sql = TableSql(defaults={"due_at": "now()"})

    class Meta:
        db_table = "mailbox_box"
        indexes = (
            models.Index(fields=["citizen_id"], condition=models.Q(mark__isnull=True), name="mailbox_box_new"),
            models.Index(fields=["due_at"], name="mailbox_box_due"),
        )


class EventTaken(models.Model):
    """An event that was taken, by the mark of what happened to which document, so that it is not taken twice.

    Used in `events.pulling`. at: when it was taken; ends_at: until when the mark is kept.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_event"
        indexes = (models.Index(fields=["ends_at"], name="mailbox_event_ends"),)


class EventCursor(models.Model):
    """The last event that was taken from a service: its number, its mark (proof), and when.

    Used in `events.pulling`.
    """

    source = models.TextField(primary_key=True)
    number = models.BigIntegerField()
    proof = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_cursor"


class PaidMark(models.Model):
    """A message that a citizen marked as paid. mark: of its key; sealed: the key. Used in `payments.paid`."""

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_paid"


class ArrangedMark(models.Model):
    """A document that a citizen gave a star or put in a folder. Used in `arranged.marks`.

    mark: of its key; sealed: its ids, star and folder. ends_at: when the document expires, None for never.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mailbox_arranged"
        indexes = (models.Index(fields=["ends_at"], name="mailbox_arranged_ends"),)


class DocumentFolder(models.Model):
    """A folder of a citizen. mark: of its folded name, so that a name is taken once; sealed: the name.

    Used in `arranged.folders`.
    """

    pk = models.CompositePrimaryKey("citizen_id", "id")
    citizen_id = models.UUIDField()
    id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_folder"
        constraints = (models.UniqueConstraint(fields=["citizen_id", "mark"], name="mailbox_folder_name"),)


class ReminderRow(models.Model):
    """A reminder of a document. Used in `reminders`.

    mark: of the document's key. sealed: the document, with the citizen's data key. errand: what the worker needs,
    with a key derived from their mail key; null once it is sent. due_at: when it is due; told_at: when it was sent.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    errand = models.BinaryField(null=True)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    sql = TableSql(checks=("(errand is null) = (told_at is not null)",))

    class Meta:
        db_table = "mailbox_reminder"
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(told_at__isnull=True), name="mailbox_reminder_due"),
            models.Index(fields=["told_at"], name="mailbox_reminder_told"),
        )


class ArchiveYes(models.Model):
    """The consent of a citizen to an archive of copies: the text, and when. Used in `copies.consent`.

    sealed: a constant, with their data key, bound to text and moment: a row that somebody else wrote or changed
    cannot be decrypted, and counts as no consent.
    """

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_archive"


class MailboxCopy(models.Model):
    """A copy of a document. mark: of the document's key, so that it has one copy. Used in `copies`.

    kept_at, sealed: when it was finished, and its facts, with the citizen's data key; both null while it is being
    written, and then it is not shown. size: bytes of its parts before sealing.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    begun_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    size = models.BigIntegerField()
    sealed = models.BinaryField(null=True)

    sql = TableSql(defaults={"size": "0"}, checks=("size >= 0", "(kept_at is null) = (sealed is null)"))

    class Meta:
        db_table = "mailbox_copy"
        constraints = (models.UniqueConstraint(fields=["citizen_id", "mark"], name="mailbox_copy_once"),)
        indexes = (
            models.Index(fields=["begun_at"], condition=models.Q(kept_at__isnull=True), name="mailbox_copy_begun"),
        )


class CopyPiece(models.Model):
    """A part of a copy's letter (item 0) or of one of its files (from 1), sealed with the citizen's data key.

    number: of the part in its item, from 0. It is bound to copy, item and number (`copies.sealing`).
    """

    pk = models.CompositePrimaryKey("copy_id", "item", "number")
    copy = models.ForeignKey(MailboxCopy, on_delete=models.CASCADE, db_index=False)
    item = models.IntegerField()
    number = models.IntegerField()
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "mailbox_copy_part"
