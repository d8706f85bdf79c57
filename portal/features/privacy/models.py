"""The tables of privacy. Reads and writes stand in the folder of what each is for."""

from django.db import models

from portal.platform.database.tables import TableSql


class Visit(models.Model):
    """When a citizen last signed in: a day, and nothing else.

    announced_on: when they were told that what they gave goes. retired_on: when it went; no sign-in is known then.
    """

    citizen_id = models.UUIDField(primary_key=True)
    seen_on = models.DateField(null=True)
    announced_on = models.DateField(null=True)
    retired_on = models.DateField(null=True)

    class Meta:
        db_table = "privacy_visit"
        indexes = (
            models.Index(
                fields=["seen_on", "citizen_id"], name="privacy_visit_seen", condition=models.Q(seen_on__isnull=False)
            ),
        )

    sql = TableSql(
        checks=("(seen_on is null) = (retired_on is not null)", "announced_on is null or seen_on is not null")
    )


class RightsRequest(models.Model):
    """One request of somebody who uses a right. sealed: with the citizen's data key. body: "" for the portal itself.

    form_key: a mark of the form and the words it was sent with, so that a form sent twice is one request. due_on,
    extended_on: the last day of the term. failed_at, failure: that the body did not get it, so that our desk has to.
    """

    id = models.UUIDField(primary_key=True)
    citizen_id = models.UUIDField()
    form_key = models.UUIDField()
    reference = models.TextField(unique=True)
    gdpr_right = models.TextField()
    body = models.TextField()
    sealed = models.BinaryField()
    received_at = models.DateTimeField()
    due_on = models.DateField()
    extended_on = models.DateField(null=True)
    attempts = models.IntegerField()
    delivered_at = models.DateTimeField(null=True)
    delivered_to = models.TextField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(null=True)
    warned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    class Meta:
        db_table = "privacy_request"
        constraints = (models.UniqueConstraint(fields=["citizen_id", "form_key"], name="privacy_request_form_key"),)
        indexes = (models.Index(fields=["citizen_id", "received_at"], name="privacy_request_citizen"),)

    sql = TableSql(
        defaults={"attempts": "0"},
        checks=(
            "gdpr_right in ('inzage', 'verbetering', 'wissing', 'intrekking', 'bezwaar', 'beperking', 'overdracht')",
            "delivered_to in ('body', 'desk', 'centre')",
            "(delivered_at is null) = (delivered_to is null)",
            "failure in ('refused', 'bounced', 'unreachable', 'no_address', 'unreadable')",
            "(failed_at is null) = (failure is null)",
            "closed_by in ('citizen', 'desk')",
            "(closed_at is null) = (closed_by is null)",
            "extended_on > due_on",
        ),
    )


class RequestErrand(models.Model):
    """What is still to be forwarded, sealed for the worker; gone once that is certain, or given up."""

    request = models.OneToOneField(RightsRequest, primary_key=True, on_delete=models.CASCADE)
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "privacy_request_errand"


class RequestNews(models.Model):
    """What our desk says of a request, sealed for its citizen: once that it takes longer, once more."""

    pk = models.CompositePrimaryKey("request_id", "kind")
    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, db_index=False)
    kind = models.TextField()
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "privacy_request_news"

    sql = TableSql(checks=("kind in ('extended', 'answered')",))
