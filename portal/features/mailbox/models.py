"""The tables of the mailbox: read in `queries`, written in `actions`, `boxes` and `pulling`; walls: migrations."""

from django.db import models

from portal.platform.database.tables import TableSql


class MailboxLink(models.Model):
    """That a citizen linked their eBox: to which text they said yes, and when.

    sealed: the id of the address that they gave, with their mail key; text and moment are bound to it, so a row that
    somebody else wrote or changed is none.
    """

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_link"


class UntoldLink(models.Model):
    """That the federation does not know yet how it stands with a citizen's link. Read and written in `announcements`.

    wish: another one each time it changes. due_at: from when on it may be told. ends_at: of a withdrawal, when it is
    tried no more; None as long as there is a link.
    """

    citizen_id = models.UUIDField(primary_key=True)
    wish = models.UUIDField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mailbox_untold"


class Farewell(models.Model):
    """By which number the federation is told of a link that went with all else. Read and written in `farewells`.

    Unlogged. due_at: from when on it is tried; ends_at: when no more.
    """

    citizen = models.OneToOneField(UntoldLink, primary_key=True, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_farewell"

    sql = TableSql(is_unlogged=True)


class MailboxBox(models.Model):
    """The box of who linked it, for the worker (`boxes`). mark: keyed, of its number; None until the worker adds it.

    sealed: the number and the public half of the citizen's pair, by a key made of their mail key. due_at: when it is
    to be asked whether they died (`deaths`).
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
    """That an event was taken in, by a keyed mark of what happened to which document: it is never taken twice."""

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_event"
        indexes = (models.Index(fields=["ends_at"], name="mailbox_event_ends"),)


class EventCursor(models.Model):
    """Up to which number events were taken from a service. proof: a keyed mark of the last of them. at: when."""

    source = models.TextField(primary_key=True)
    number = models.BigIntegerField()
    proof = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "mailbox_cursor"


class PaidMark(models.Model):
    """That a citizen marked what a message wants as paid, by a keyed mark of which it is; sealed: its key.

    Read and written in `paid`.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_paid"


class ArrangedMark(models.Model):
    """How a citizen arranged a document, by a keyed mark of which it is; sealed: which, its star and its folder.

    ends_at: when the document expires, None for never. Read and written in `arranged.marks`.
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
    """A folder of a citizen's own. mark: keyed, of its name as it is compared; sealed: the name.

    Read and written in `arranged.folders`.
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
    """That a citizen wants to be told again of a document, by a keyed mark of which. Used in `reminders`.

    sealed: which document, with the citizen's data key. errand: what the worker must know, by a key made of their
    mail key; it goes when it is told. due_at: when it is to be told; told_at: when it was.
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
    """That a citizen agreed to an archive of copies: to which text, and when.

    sealed: both once more, with their data key, so a row that somebody else wrote or changed is none. Read and
    written in `copies.consent`, as the next two in `copies.writing` and `copies.reading`.
    """

    citizen_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "mailbox_archive"


class MailboxCopy(models.Model):
    """A copy of a document. mark: keyed, of which one, so that a document has one copy.

    begun_at: when it was asked for. kept_at, sealed: when it was whole, and what it is of, with the citizen's data
    key; both None until then, and such a row is shown to nobody. size: bytes of its parts, unsealed.
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
    """A piece of a copy's letter (item 0) or of one of its files (from 1), sealed with the citizen's data key.

    number: its place in that item, from 0. It opens in that place of that copy alone (`copies.sealing`).
    """

    pk = models.CompositePrimaryKey("copy_id", "item", "number")
    copy = models.ForeignKey(MailboxCopy, on_delete=models.CASCADE, db_index=False)
    item = models.IntegerField()
    number = models.IntegerField()
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "mailbox_copy_part"
