"""The tables of reports. Reads are in `queries`, writes in `actions`.

`portal` sees the rows of the citizen it acts for; acting for a body, only that body's reports, to hang a status on.
`worker` sees which reports are to be delivered, and not what the citizen keeps (see the migration).
"""

from django.db import models

from portal.platform.database.tables import TableSql


class Report(models.Model):
    """One report. sealed: with the citizen's data key. form_key: a mark of the form and the words it was sent with,
    so that a form sent twice is one report, and a changed one another. delivered_at, or failed_at with `failure`: how
    delivery ended; neither: under way.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField()
    form_key = models.UUIDField()
    reference = models.TextField(unique=True)
    body = models.TextField()
    dataset = models.TextField()
    sealed = models.BinaryField()
    reported_at = models.DateTimeField()
    until = models.DateTimeField()
    attempts = models.IntegerField()
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(null=True)

    class Meta:
        db_table = "corrections_report"
        constraints = (
            models.UniqueConstraint(fields=["citizen_id", "form_key"], name="corrections_report_form_key"),
        )
        indexes = (models.Index(fields=["citizen_id", "reported_at"], name="corrections_report_citizen"),)

    sql = TableSql(
        defaults={"attempts": "0"},
        checks=(
            "failure in ('refused', 'unreachable', 'unreadable', 'no_form')",
            "delivered_at is null or failed_at is null",
            "(failed_at is null) = (failure is null)",
        ),
    )


class Delivery(models.Model):
    """What is still to be delivered, sealed for the worker; gone once it was taken, or given up."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE)
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "corrections_delivery"


class Status(models.Model):
    """What a body said of a report, sealed to the citizen's letterbox. mark: by which a repeat is recognised."""

    pk = models.CompositePrimaryKey("report_id", "number")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, db_index=False)
    number = models.BigIntegerField()
    citizen_id = models.UUIDField()
    mark = models.BinaryField()
    sealed = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "corrections_status"

    sql = TableSql(checks=("number >= 0",))
