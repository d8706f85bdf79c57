"""The profile's tables. Reads are in `queries`, writes in `actions` and `emails`, policies in the migrations."""

from django.db import models

from portal.platform.database.tables import TableSql


class Kept(models.Model):
    """Values of which a citizen has one: nickname, photo, main e-mail address; with the consent they gave for it.

    Nickname and address are sealed with the citizen's mail key, which the worker can open too; the photo with their
    data key. id: of the address; one from before migration 0005 has the id that all of those have.
    """

    pk = models.CompositePrimaryKey("citizen_id", "kind")
    citizen_id = models.UUIDField()
    kind = models.TextField()
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()
    id = models.UUIDField()

    class Meta:
        db_table = "profile_kept"

    sql = TableSql(defaults={"id": "gen_random_uuid()"}, checks=("kind in ('nickname', 'photo', 'email')",))


class Email(models.Model):
    """A verified e-mail address beside the main one, sealed with the citizen's mail key."""

    pk = models.CompositePrimaryKey("citizen_id", "id")
    citizen_id = models.UUIDField()
    id = models.UUIDField()
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "profile_email"


class Address(models.Model):
    """One saved address, sealed with the citizen's data key."""

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    consent = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "profile_address"


class Dismissal(models.Model):
    """A signal that a citizen dismissed: its rule and its cause, sealed with their data key.

    mark: a keyed hash of both, by which the signal is found without being opened.
    """

    pk = models.CompositePrimaryKey("citizen_id", "mark")
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "profile_dismissal"


class Proposal(models.Model):
    """A nickname or address that was entered and is not confirmed yet.

    code: a keyed hash of the code that was mailed, for an address. Unlogged, as sessions are.
    """

    pk = models.CompositePrimaryKey("citizen_id", "kind")
    citizen_id = models.UUIDField()
    kind = models.TextField()
    id = models.UUIDField()
    sealed = models.BinaryField()
    code = models.BinaryField(null=True)
    mail_id = models.UUIDField(null=True)
    attempts_left = models.IntegerField()
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        db_table = "profile_proposal"

    sql = TableSql(is_unlogged=True, checks=("kind in ('nickname', 'email', 'other_email')", "attempts_left >= 0"))


class CodeSent(models.Model):
    """A code that was mailed, counted twice: mark is a keyed hash of its citizen or of the mailbox. Unlogged."""

    id = models.BigAutoField(primary_key=True)
    mark = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "profile_code_sent"
        indexes = (models.Index(fields=["mark", "at"], name="profile_code_sent_mark"),)

    sql = TableSql(is_unlogged=True)
