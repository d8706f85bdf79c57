"""Find the keys for errands of many citizens at once: one message to the key database. For the worker.

An errand is work that the worker does for a citizen, sealed for it by the portal (`citizens.errand_box`).
"""

from collections.abc import Sequence
from uuid import UUID

from portal.platform.database import pool
from portal.platform.kit.unprinted import Unprinted

from . import citizens, subjects
from .boxes import Box
from .errors import CannotOpen

FIND = "select citizen_id, mail_key, subject from keys_errands(%s)"
FIND_NAMES = "select citizen_id, subject from keys_errands(%b)"


class ErrandKeys(Unprinted, frozen=True):
    """The box for one citizen's errands of one purpose, and their journal subject. Never printed."""

    box: Box
    subject: UUID


async def subjects_of(citizen_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """Find the journal subjects of those of these citizens who have keys; None where a subject does not open."""
    found: dict[UUID, UUID | None] = {}
    for citizen_id, wrapped_subject in await pool.repeatable(
        FIND_NAMES, (list(citizen_ids),), alias=pool.KEYS, binary=True
    ):
        try:
            found[citizen_id] = await _subject(citizen_id, wrapped_subject)
        except CannotOpen:
            found[citizen_id] = None
    return found


async def keys_of(citizen_ids: Sequence[UUID], purpose: bytes) -> dict[UUID, ErrandKeys]:
    """Find the keys for errands of these citizens. Those without keys, or with keys that do not open, are left out.

    Raise KeyFileBehind when this process must be restarted to know the newest master key.
    """
    found: dict[UUID, ErrandKeys] = {}
    for citizen_id, wrapped, wrapped_subject in await pool.repeatable(FIND, (list(citizen_ids),), alias=pool.KEYS):
        try:
            box = await citizens.errand_box_of(citizen_id, wrapped, purpose)
            subject = await _subject(citizen_id, wrapped_subject)
        except CannotOpen:
            continue
        found[citizen_id] = ErrandKeys(box, subject)
    return found


async def _subject(citizen_id: UUID, wrapped: str | None) -> UUID:
    return await (subjects.unwrap(citizen_id, wrapped) if wrapped else subjects.of(citizen_id))
