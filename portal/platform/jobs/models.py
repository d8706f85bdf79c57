"""The one table of ours beside those of procrastinate, which has its own models."""

from django.db import models

from portal.platform.database.tables import TableSql


class Deferrable(models.Model):
    """A task that a page may put into the queue. Each room's migrations add theirs; `jobs_defer` alone reads it."""

    task = models.TextField(primary_key=True)

    class Meta:
        db_table = "jobs_deferrable"

    sql = TableSql(checks=(r"task ~ '^[a-z_]+\.[a-z_]+$' and length(task) <= 60",))
