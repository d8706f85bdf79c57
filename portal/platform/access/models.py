"""The tables of access. Their SQL is in the module of each: `sessions`, `devices`, `erasing`, `repeating`,
`machine_clients` and `once`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.platform.database.tables import TableSql


class Session(models.Model):
    """One signed-in browser, with nothing about the person in the clear.

    Unlogged: a session never reaches the write-ahead log, a replica or a physical back-up; when
    the database crashes, everyone is signed out. The id is derived from the cookie's secret and the identity is
    sealed with another key derived from it, so the table alone opens nothing. What the citizen's list of sessions
    says is sealed with a key that the key service makes for them.
    """

    id = models.BinaryField(primary_key=True)
    citizen_id = models.UUIDField()
    sealed_identity = models.BinaryField()
    sealed_about = models.BinaryField()
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "access_session"
        indexes = (models.Index(fields=["citizen_id"], name="access_session_citizen"),)

    sql = TableSql(is_unlogged=True)


class Device(models.Model):
    """A kind of device with which a citizen signed in before. kind: a keyed hash."""

    pk = models.CompositePrimaryKey("citizen_id", "kind")
    citizen_id = models.UUIDField()
    kind = models.BinaryField()
    first_seen_on = models.DateField()
    last_seen_on = models.DateField()

    class Meta:
        db_table = "access_device"


class UnfinishedErasure(models.Model):
    """An erasure that is not closed: until the keys are gone too, and no page can be under way. See `erasing`.

    at: when it was asked. erased_at: when the keys were erased; NULL until then.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_erasure"


class ErasedKeys(models.Model):
    """The marks of keys that were erased, for as long as a back-up may hold the keys. See `repeating`."""

    mark = models.BinaryField(primary_key=True)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "access_erased"

    sql = TableSql(checks=("octet_length(mark) = 32",))


class MachineToken(models.Model):
    """A token that a body's machine holds, as a hash. Unlogged: after a crash the machine asks for another."""

    hash = models.BinaryField(primary_key=True)
    client = models.TextField()
    scopes = ArrayField(models.TextField())
    until = models.DateTimeField()

    class Meta:
        db_table = "access_machine_token"

    sql = TableSql(is_unlogged=True, checks=("octet_length(hash) = 32",))


class MachineAssertion(models.Model):
    """An assertion that was used, as a hash, until it would be refused for its age. Logged: a crash forgets none."""

    hash = models.BinaryField(primary_key=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "access_machine_assertion"

    sql = TableSql(checks=("octet_length(hash) = 32",))


class Once(models.Model):
    """A request that is acted on once although it may be sent twice, and its sealed answer (`once`). Unlogged."""

    mark = models.BinaryField(primary_key=True)
    session = models.ForeignKey(Session, null=True, on_delete=models.CASCADE)
    citizen_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "access_once"

    sql = TableSql(
        is_unlogged=True, checks=("octet_length(mark) = 32", "(session_id is null) = (citizen_id is null)")
    )
