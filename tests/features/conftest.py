"""Somebody of whom everything is kept, on tables that are empty."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox import actions as mailbox
from portal.features.notifications.tests import notifying
from portal.features.notifications.tests.mailing import gives
from tests.citizen import Citizen
from tests.everything import LIES, comes, fill, occasion
from tests.features.erased import OTHERS, tables_of_citizens


@pytest.fixture
def anew(past_walls: psycopg.Connection, past_key_walls: psycopg.Connection) -> Iterator[None]:
    """Let Django's test clients call us, and nobody keep anything."""
    for table in (*tables_of_citizens(past_walls), *OTHERS):
        past_walls.execute(f"delete from {table}")
    for table in ("keys_citizen", "keys_subject", "keys_erasure"):
        past_key_walls.execute(f"delete from {table}")
    notifying.tokens.clear()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def lies(anew: None) -> AsyncIterator[Citizen]:
    who = await comes()
    await fill(who)
    yield who


@pytest_asyncio.fixture
async def somebody(anew: None) -> Citizen:
    """Give somebody of whom a little is kept: an address, and the link with their eBox."""
    who = await comes()
    await mailbox.link(occasion(who.session.citizen_id), await gives(who.session.citizen_id), LIES)
    return who


@pytest.fixture
def anew_without_walls() -> Iterator[None]:
    notifying.tokens.clear()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield
