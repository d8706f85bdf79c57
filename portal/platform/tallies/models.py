"""The one table of tallies, without personal data."""

from django.db import models

from portal.platform.database.tables import TableSql


class PageTally(models.Model):
    """How often a page was opened, or its form accepted, on a day of Belgium. route: ROOM:PAGE."""

    pk = models.CompositePrimaryKey("day", "route")
    day = models.DateField()
    route = models.TextField()
    opened = models.IntegerField()

    class Meta:
        db_table = "tallies_page"

    sql = TableSql(checks=("opened > 0",))
