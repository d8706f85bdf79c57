"""The tables of the journal. Writes are in `actions` and `sealing`, reads in `queries` and `verifying`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """What is about to be done, or how it ended: the two share trace and operation.

    Never changed; removed only by the function that erases, which leaves an entry with what it took (`erased`, ids).
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
    subject = models.UUIDField(null=True)  # the releases before wrote `citizen_id` instead
    erased = ArrayField(models.BigIntegerField(), null=True)
    erased_subject = models.BinaryField(null=True)  # SHA-256 of whose they were

    class Meta:
        app_label = "journal"
        db_table = "journal_entry"


class Salt(models.Model):
    """What goes with an entry into the hash that its link holds of it; goes when the entry is erased."""

    entry_id = models.BigIntegerField(primary_key=True)
    salt = models.UUIDField()  # 128 random bits

    class Meta:
        app_label = "journal"
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
        app_label = "journal"
        db_table = "journal_activity"


class Batch(models.Model):
    """A link of the chain: which entries it seals, their hashes, and the link before it.

    A link with `lost_number` seals no entries: it says that links up to that number had been anchored and were gone.
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
        app_label = "journal"
        db_table = "journal_batch"


class Anchor(models.Model):
    """The hash of a link, in the key database: by it a chain that became shorter is found."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()
    anchored_at = models.DateTimeField()
    mac = models.BinaryField(null=True)  # the link's own; those of before have none

    class Meta:
        app_label = "journal"
        db_table = "journal_anchor"


class State(models.Model):
    """The one row that whoever seals locks: which database this is, and whether anything keeps the worker from it."""

    only_one = models.BooleanField(primary_key=True)
    installation = models.UUIDField()
    looked_at = models.DateTimeField(null=True)
    trouble = models.TextField(null=True)

    class Meta:
        app_label = "journal"
        db_table = "journal_state"
