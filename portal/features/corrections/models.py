"""The tables of reports. Reads are in `queries`, writes in `actions`.

The role `portal` sees the rows of the citizen that it acts for; where it acts for a body, the reports to that body,
to attach a status. The role `worker` sees which reports are to be delivered, and no sealed copy of the citizen's own.
"""

from django.db import models

from portal.platform.database.tables import TableSql


class Report(models.Model):
    """A report. sealed: a `types.Report`, with the citizen's data key.

    form_key: a keyed hash of the form and the words in it, so that a form that is sent twice is one report, and a
    changed form another. until: when tries to deliver it end. delivered_at, or failed_at with `failure`: how its
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
    """What the worker needs to deliver a report, sealed for it; deleted once the body took it, or delivery failed."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE)
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "corrections_delivery"


class Status(models.Model):
    """A status that a body sent, sealed to the citizen's letterbox. mark: a keyed hash, which tells a repeat."""

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
