"""The tables of the key database. `citizens`, `subjects`, `errands`, `arrivals` and `installation` read and write
them.
"""

from django.db import models

from portal.platform.database.tables import TableSql


class Citizen(models.Model):
    """A citizen's keys, each wrapped by the key service with the citizen as context.

    Deleting the row makes everything that was sealed with them unreadable, in every copy of it.
    """

    citizen_id = models.UUIDField(primary_key=True)
    data_key = models.TextField()
    mail_key = models.TextField()
    private_key = models.TextField()
    public_key = models.BinaryField()  # and the MAC that proves that we made it (`citizens.public_key`)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "keys_citizen"
        indexes = (models.Index(models.Func("public_key", function="sha256"), name="keys_citizen_mark"),)

    sql = TableSql(defaults={"created_at": "now()"})


class Subject(models.Model):
    """A citizen's journal subject, wrapped as their mail key is; deleted with their keys."""

    citizen_id = models.UUIDField(primary_key=True)
    subject = models.TextField()

    class Meta:
        db_table = "keys_subject"


class Erasure(models.Model):
    """A citizen whose erasure was begun. erased_at: when their keys were erased; a sign-in gives them new ones."""

    citizen_id = models.UUIDField(primary_key=True)
    begun_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "keys_erasure"

    sql = TableSql(defaults={"begun_at": "now()"})


class Arrival(models.Model):
    """A pair of the installation, the private half wrapped: what arrives for people without keys is sealed to it."""

    id = models.UUIDField(primary_key=True)
    private_key = models.TextField()
    public_key = models.BinaryField()  # and the MAC that proves that we made it (`arrivals`)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "keys_arrival"

    sql = TableSql(defaults={"created_at": "now()"})


class Installation(models.Model):
    """The one row that says which key files belong to this database.

    probes: name of a master key -> wrapped probe (`installation`).
    """

    id = models.TextField(primary_key=True)
    probes = models.JSONField()
    only_one = models.BooleanField(unique=True)

    class Meta:
        db_table = "keys_installation"

    sql = TableSql(defaults={"only_one": "true"}, checks=("only_one",))
