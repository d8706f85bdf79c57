"""What the policy lists is what happens: the journal's own register holds nothing that the page's does not."""

from fnmatch import fnmatchcase

import pytest

from portal.platform.journal import processings
from portal.platform.journal.types import Activity
from tests.walks.example import Person
from tests.walks.somebody import People

pytestmark = pytest.mark.security

# Where most is journalled; what other journeys of this run did stands in the same database, and is looked at too.
PAGES = (
    "/",
    "/uw-gegevens/",
    "/aanvragen/",
    "/attesten/",
    "/brievenbus/meldingen/",
    "/profiel/",
    "/privacy/gebruik/",
)


def is_listed(row: tuple[bytes, str, str, str, str], listed: list[Activity]) -> bool:
    """Tell whether an activity of the journal is one that a room declares, or one of a pattern that it does."""
    activity_id, body, dataset, purpose, basis = row
    return any(
        bytes(activity_id) == each.id
        or (
            ("*" in each.dataset and fnmatchcase(dataset, each.dataset))
            and (body, purpose, basis) == (each.body, each.purpose, each.legal_basis)
        )
        for each in listed
    )


async def test_all_that_was_journalled_stands_in_the_register(people: People, house):
    who = await people.who(Person.complete)
    for page in PAGES:
        await who.gets(page)
    listed = [activity for one in processings.declarations() for activity in one.activities]
    rows = house.rows("select id, body, dataset, purpose, legal_basis from journal_activity")
    assert len(rows) > 15
    assert [row[1:4] for row in rows if not is_listed(row, listed)] == []
