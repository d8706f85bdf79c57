"""A sign-in is noted, and with a kind of device that the citizen did not use before it is told to them by mail."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.utils import timezone
from psycopg import AsyncConnection

from portal.features.privacy import actions as privacy
from portal.features.profile import actions as profile
from portal.features.profile.types import NewDevice
from portal.platform.access import devices
from portal.platform.access.types import Session
from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.journal.types import Occasion

log = logging.getLogger("portal.access")


async def tell(session: Session, occasion: Occasion, kind: str) -> None:
    """Note the day and the kind of device, and queue a mail if that is new, in one transaction. Without a profile
    there is no mail.

    A failure here does not prevent signing in; the next sign-in finds the device still new. It is no reason to forget
    the day, by which what the citizen gave us stays: that is tried once more by itself.
    """
    seen = NewDevice(occasion.now, session.identity.means.label, kind)
    try:
        async with _note(session) as conn:
            is_new = await devices.is_new(conn, session.citizen_id, kind, on=timezone.localdate())
            if is_new and installed.is_here("profile"):
                await profile.tell_of_new_device(conn, occasion, seen)
    except Exception as error:
        log.error("device not noted: %s %s", type(error).__name__, occasion.correlation_id)
        try:
            async with _note(session):
                pass
        except Exception as again:
            log.error("sign-in not noted: %s %s", type(again).__name__, occasion.correlation_id)


@asynccontextmanager
async def _note(session: Session) -> AsyncIterator[AsyncConnection[Any]]:
    """Note today as the day of a sign-in, in one transaction with what the caller does."""
    async with pool.as_citizen(session.citizen_id) as conn:
        await privacy.note_visit(conn, session.citizen_id, on=timezone.localdate())
        yield conn
