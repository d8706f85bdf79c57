"""People in front of the pages of privacy, with an empty journal."""

from collections.abc import Iterator

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from tests.citizen import Citizen, person, sign_in

LIES = "84651421235"


@pytest.fixture
def anew(past_walls: psycopg.Connection) -> Iterator[None]:
    """Let Django's test clients call us, on an empty journal."""
    past_walls.execute("set session_replication_role = replica")
    past_walls.execute("truncate journal_entry")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield
    past_walls.execute("set session_replication_role = origin")


@pytest_asyncio.fixture
async def lies(anew: None) -> Citizen:
    """Sign somebody in of whom nothing is known yet."""
    return await sign_in(person(LIES))
