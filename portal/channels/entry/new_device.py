"""Note the day of a sign-in, and mail the citizen when it was made with a kind of device that is new for them."""

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


async def note_sign_in(session: Session, occasion: Occasion, kind: str) -> None:
    """Note the day of a sign-in and its kind of device, and queue a mail if the kind is new, in one transaction.

    kind: as `device.kind_of` gives it. Without the feature profile there is no mail. A failure here does not prevent
    signing in; the next sign-in finds the device still new. The day is then noted once more by itself, because the
    term of what the citizen gave us counts from it.
    """
    new_device = NewDevice(occasion.now, session.identity.means.label, kind)
    try:
        async with _note(session) as conn:
            is_new = await devices.is_new(conn, session.citizen_id, kind, on=timezone.localdate())
            if is_new and installed.is_here("profile"):
                await profile.tell_of_new_device(conn, occasion, new_device)
    except Exception as error:
        log.error("device not noted: %s %s", type(error).__name__, occasion.correlation_id)
        try:
            async with _note(session):
                pass
        except Exception as second_error:
            log.error("sign-in not noted: %s %s", type(second_error).__name__, occasion.correlation_id)


@asynccontextmanager
async def _note(session: Session) -> AsyncIterator[AsyncConnection[Any]]:
    """Note today as the day of a sign-in, in one transaction with what the caller does."""
    async with pool.as_citizen(session.citizen_id) as conn:
        await privacy.note_visit(conn, session.citizen_id, on=timezone.localdate())
        yield conn
