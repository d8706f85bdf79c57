"""The one table of sweeping, without personal data."""

from django.db import models

from portal.platform.database.tables import TableSql


class SweepState(models.Model):
    """The state of sweeping, in one row.

    trusted_at: the newest moment that was trusted. trusted_by, trusted_why: who said by hand that the clock is right
    (a job title, no name), and why. looked_at: when a job last verified the clock. trouble: why it was in doubt then.
    counted_at, overdue: when the tables were counted, and how many rows of which were past their term.
    """

    only_one = models.BooleanField(primary_key=True)
    trusted_at = models.DateTimeField(null=True)
    trusted_by = models.TextField()
    trusted_why = models.TextField()
    looked_at = models.DateTimeField(null=True)
    trouble = models.TextField(null=True)
    counted_at = models.DateTimeField(null=True)
    overdue = models.JSONField()

    class Meta:
        db_table = "sweeping_state"

    sql = TableSql(
        defaults={"only_one": "true", "trusted_by": "''", "trusted_why": "''", "overdue": "'{}'"},
        checks=("only_one",),
    )
