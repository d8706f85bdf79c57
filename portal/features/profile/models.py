"""The profile's tables. Reads are in `queries`, writes in `actions`, walls in the migration."""

from django.db import models

from portal.platform.database.tables import TableSql


class Kept(models.Model):
    """What there is one of: nickname, photo, main e-mail address; sealed, with the consent it was given with.

    Nickname and address are sealed with the citizen's mail key, which the worker can open too; the photo with their
    data key. id: of the address; one of before there were several has the same as everybody's.
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
    """What somebody does not want to be told any more, sealed with their data key: the rule and its cause.

    mark: a keyed hash of both, by which it is known without being opened.
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
    """That a code was asked for: who by or where to as a keyed hash, and when. Unlogged, kept for hours."""

    id = models.BigAutoField(primary_key=True)
    mark = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "profile_code_sent"
        indexes = (models.Index(fields=["mark", "at"], name="profile_code_sent_mark"),)

    sql = TableSql(is_unlogged=True)
