"""People to whom notices come."""

from collections.abc import Iterator

import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.notifications.tests import notifying
from tests.citizen import Citizen, person, sign_in
from tests.inbox import _lets_go_of_the_cluster, inbox, running_inbox, workers

__all__ = ["_lets_go_of_the_cluster", "inbox", "running_inbox", "workers"]

LIES = "84651421235"
NOTICES = ("notifications_notice", "notifications_thread", "notifications_bundle", "notifications_preferences")
TABLES = (*NOTICES, "profile_kept", "profile_email", "profile_proposal", "profile_code_sent")


@pytest.fixture(autouse=True)
def _anew(past_walls: psycopg.Connection) -> Iterator[None]:
    """Let Django's test clients call us, on empty tables, with tokens that are given anew."""
    for table in TABLES:
        past_walls.execute(f"delete from {table}")
    notifying.tokens.clear()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest_asyncio.fixture
async def lies(past_key_walls: psycopg.Connection) -> Citizen:
    """Sign somebody in who has no keys yet."""
    citizen = await sign_in(person(LIES))
    past_key_walls.execute("delete from keys_citizen where citizen_id = %s", (citizen.session.citizen_id,))
    return citizen
