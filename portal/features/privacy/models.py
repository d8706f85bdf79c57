"""The tables of privacy: `retention` reads and writes Visit, `rights` the others."""

from django.db import models

from portal.platform.database.tables import TableSql


class Visit(models.Model):
    """When a citizen last signed in: a day, and nothing else.

    announced_on: when a mail said that what they gave us will be taken away. mail_id: of that mail, which may wait
    still. retired_on: when it was taken away; no sign-in is known then.
    """

    citizen_id = models.UUIDField(primary_key=True)
    seen_on = models.DateField(null=True)
    announced_on = models.DateField(null=True)
    retired_on = models.DateField(null=True)
    mail_id = models.UUIDField(null=True)

    class Meta:
        db_table = "privacy_visit"
        indexes = (
            models.Index(
                fields=["seen_on", "citizen_id"], name="privacy_visit_seen", condition=models.Q(seen_on__isnull=False)
            ),
            models.Index(
                fields=["retired_on", "citizen_id"],
                name="privacy_visit_retired",
                condition=models.Q(retired_on__isnull=False),
            ),
        )

    sql = TableSql(
        checks=("(seen_on is null) = (retired_on is not null)", "announced_on is null or seen_on is not null")
    )


class RightsRequest(models.Model):
    """A request of a citizen who uses a right. sealed: an `Ask`, with their data key. body: "" for the portal itself.

    form_key: a mark of the form and the words it was sent with, so that a form sent twice is one request. due_on,
    extended_on: the last day of the term. attempts: tries that failed. failed_at, failure: when and why the body did
    not get it, so that our desk does. warned_at: when our desk was warned that the term ends.
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
    """What the worker needs to forward a request, sealed for it; deleted once no mail can come back any more."""

    request = models.OneToOneField(RightsRequest, primary_key=True, on_delete=models.CASCADE)
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "privacy_request_errand"


class RequestNews(models.Model):
    """What our desk tells a citizen of a request, sealed for them: why it takes longer, how it was answered."""

    pk = models.CompositePrimaryKey("request_id", "kind")
    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, db_index=False)
    kind = models.TextField()
    citizen_id = models.UUIDField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "privacy_request_news"

    sql = TableSql(checks=("kind in ('extended', 'answered')",))
