"""The tables of the journal. Writes are in `actions`, `erasing` and `sealing`, reads in `queries`, `searching` and
`verifying`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.platform.database.tables import TableSql

# True for a first row when its citizen did it. It is true for every second row too, which has no `start_ms`.
_IS_OWN = models.ExpressionWrapper(models.Q(actor__isnull=True), models.BooleanField())


class Entry(models.Model):
    """What is about to be done (the first row of an operation), or how it ended (the second).

    Both rows have the same trace and operation ids. Rows never change. Only `journal_erase` deletes them, and writes
    an entry with the ids of what it deleted (`erased`).
    """

    id = models.BigAutoField(primary_key=True)
    recorded_at = models.DateTimeField()
    trace_id = models.BinaryField()
    operation_id = models.BinaryField()
    parent_operation_id = models.BinaryField(null=True)
    name = models.TextField(null=True)
    actor_kind = models.TextField(null=True)
    actor = models.TextField(null=True)
    citizen_id = models.UUIDField(null=True)
    start_ms = models.BigIntegerField(null=True)
    activities = ArrayField(models.BinaryField(), null=True)
    end_ms = models.BigIntegerField(null=True)
    status = models.SmallIntegerField()
    outcomes = ArrayField(models.TextField(), null=True)
    subject = models.UUIDField(null=True)  # earlier releases wrote `citizen_id` instead
    erased = ArrayField(models.BigIntegerField(), null=True)
    erased_subject = models.BinaryField(null=True)  # SHA-256 of the subject of the erased entries

    class Meta:
        db_table = "journal_entry"
        indexes = (
            models.Index(
                models.F("citizen_id"),
                _IS_OWN,
                models.F("start_ms"),
                models.F("operation_id"),
                models.F("id"),
                include=["subject", "actor"],
                name="journal_entry_citizen",
                condition=models.Q(citizen_id__isnull=False),
            ),
            models.Index(
                models.F("subject"),
                _IS_OWN,
                models.F("start_ms"),
                models.F("operation_id"),
                models.F("id"),
                include=["citizen_id", "actor"],
                name="journal_entry_subject",
                condition=models.Q(subject__isnull=False),
            ),
        )

    sql = TableSql(
        defaults={"recorded_at": "now()"},
        checks=(
            "octet_length(trace_id) = 16",
            "octet_length(operation_id) = 8",
            "octet_length(parent_operation_id) = 8",
            # What operations are called, never anything of anybody.
            "name ~ '^[a-z][a-z '']{0,59}$'",
            "actor_kind in ('citizen', 'body', 'system', 'employee', 'parent')",
            "start_ms >= 0",
            "end_ms >= 0",
            "status in (0, 1, 2)",
            "outcomes <@ array['ready', 'partial', 'nothing', 'late', 'down', 'left', 'kept_ready', 'kept_nothing']",
            # The first row of an operation, or the second.
            "num_nulls(name, actor_kind, start_ms, activities) = 0 and num_nonnulls(end_ms, outcomes) = 0"
            " and status = 0 and (actor is null) = (actor_kind = 'citizen')"
            " or num_nonnulls(name, actor_kind, actor, parent_operation_id, start_ms, activities) = 0"
            " and num_nulls(end_ms, outcomes) = 0",
            "num_nonnulls(citizen_id, subject) <= 1",
            "octet_length(erased_subject) = 32",
            "num_nonnulls(erased, erased_subject) = 0"
            " or num_nulls(erased, erased_subject) = 0 and num_nonnulls(citizen_id, subject) = 0"
            " and name is not distinct from 'erase from the journal'",
        ),
    )


class Salt(models.Model):
    """Random bits that are hashed with an entry, and deleted with it: nobody can guess an entry by its hash."""

    entry_id = models.BigIntegerField(primary_key=True)
    salt = models.UUIDField()  # 128 random bits

    class Meta:
        db_table = "journal_salt"


class Activity(models.Model):
    """An entry of the register of processing activities, under the hash of its contents."""

    id = models.BinaryField(primary_key=True)
    body = models.TextField()
    body_name = models.TextField()
    dataset = models.TextField()
    title = models.TextField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    services = ArrayField(models.TextField())
    retention = models.TextField()

    class Meta:
        db_table = "journal_activity"

    sql = TableSql(checks=("octet_length(id) = 32",))


class Batch(models.Model):
    """A link of the chain: which entries it seals, their hashes, and the hash of the link before it (`previous`).

    up_to: the highest id in this and earlier links. lost_number, lost_hash: the newest head that was anchored or seen
    and is gone, when this link notes a break. mac: of `hash`, with the worker's key.
    """

    number = models.BigIntegerField(primary_key=True)
    previous = models.BinaryField(unique=True)
    sealed_at = models.DateTimeField()
    entry_ids = ArrayField(models.BigIntegerField())
    hashes = models.BinaryField()
    up_to = models.BigIntegerField()
    lost_number = models.BigIntegerField(null=True)
    lost_hash = models.BinaryField(null=True)
    hash = models.BinaryField()
    mac = models.BinaryField()

    class Meta:
        db_table = "journal_batch"

    sql = TableSql(
        checks=(
            "octet_length(previous) = 32",
            "octet_length(hashes) = 32 * cardinality(entry_ids)",
            "octet_length(hash) = 32",
            "octet_length(mac) = 32",
        )
    )


class Anchor(models.Model):
    """The hash of a link, in the key database: it shows when the chain in the main database became shorter."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()
    anchored_at = models.DateTimeField()
    mac = models.BinaryField(null=True)  # that of the link; anchors of earlier releases have none

    class Meta:
        db_table = "journal_anchor"

    # "mac is not null" holds for new rows only: the migration adds it as NOT VALID.
    sql = TableSql(
        defaults={"anchored_at": "now()"},
        checks=("octet_length(hash) = 32", "octet_length(mac) = 32", "mac is not null"),
    )


class State(models.Model):
    """The one row of the table, which whoever seals locks.

    installation: the id of this database. looked_at: when a worker last sealed. trouble: what keeps it from sealing.
    """

    only_one = models.BooleanField(primary_key=True)
    installation = models.UUIDField()
    looked_at = models.DateTimeField(null=True)
    trouble = models.TextField(null=True)

    class Meta:
        db_table = "journal_state"

    sql = TableSql(defaults={"only_one": "true", "installation": "gen_random_uuid()"}, checks=("only_one",))
