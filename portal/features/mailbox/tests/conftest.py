"""People with and without a linked eBox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox.link import announcing
from portal.features.mailbox.tests.linking import CITIZENS_TABLES, LIES, gives
from tests.citizen import Citizen, person, sign_in


@pytest.fixture
def anew(past_walls: psycopg.Connection) -> Iterator[None]:
    """Let Django's test clients call us, on empty tables."""
    for table in CITIZENS_TABLES:
        past_walls.execute(f"delete from {table}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def lies(anew: None) -> AsyncIterator[Citizen]:
    """Sign somebody in who gave nothing yet; what their pages still tell the federation ends before the test does."""
    yield await sign_in(person(LIES))
    await asyncio.gather(*announcing._under_way)


@pytest_asyncio.fixture
async def home(lies: Citizen) -> UUID:
    """Give Lies an address, her main one; gives its id."""
    return await gives(lies.session.citizen_id, "lies@example.org")
