"""The tables of questions, and of the counts by network; `actions`, `queries` and `limits` use them."""

from django.db import models

from portal.platform.database.tables import TableSql


class Question(models.Model):
    """One question to the contact centre: sealed until it is sent, empty afterwards.

    send_at: when it is sent; later than `created_at` only where more come than `limits.MOST_AN_HOUR`.
    """

    id = models.UUIDField(primary_key=True)
    wrapped_key = models.TextField(null=True)
    sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_index=True)
    send_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "mail_question"

    sql = TableSql(
        defaults={"created_at": "now()", "send_at": "clock_timestamp()"},
        checks=("(wrapped_key is null) = (sealed is null)",),
    )


class QuestionRate(models.Model):
    """A question that came from a network at a moment: a keyed hash of the network, kept for an hour."""

    id = models.BigAutoField(primary_key=True)
    mark = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "mail_question_rate"
        indexes = (models.Index(fields=["mark", "at"], name="mail_question_rate_mark"),)

    sql = TableSql(is_unlogged=True, defaults={"at": "now()"}, checks=("octet_length(mark) = 32",))
