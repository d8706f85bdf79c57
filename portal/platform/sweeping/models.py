"""The one table of sweeping, without personal data."""

from django.db import models

from portal.platform.database.tables import TableSql


class SweepState(models.Model):
    """The state of sweeping, which deletes what is past its term; the table has one row.

    A wrong clock would delete everything, so each job that deletes verifies it first. Moments are null for never.

    only_one: always true, which keeps it one row. trusted_at: the newest moment at which the clock was trusted.
    trusted_by, trusted_why: who said by hand that the clock is right (a job title, no name), and why; "" where nobody
    had to. looked_at: when a job last verified the clock. trouble: why the clock was in doubt then, null where it was
    not. counted_at: when the tables were last counted, or, until they were, when the clock was first trusted.
    overdue: how many rows were past their term then, by the name of their table; tables without such rows are left
    out.
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
