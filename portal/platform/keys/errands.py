"""Open the errands that the worker does for many citizens at once: one message to the key database."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from portal.platform.database import pool
from portal.platform.kit.unprinted import Unprinted

from . import citizens, subjects
from .boxes import Box
from .errors import CannotOpen

FIND = "select citizen_id, mail_key, subject from keys_errands(%s)"


class ErrandKeys(Unprinted, frozen=True):
    """What opens one citizen's errands of one purpose, and how the journal names them. Never printed."""

    box: Box
    subject: UUID


async def subjects_of(citizen_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Find how the journal names these citizens, as `keys_of` does, without opening what opens their errands."""
    found: dict[UUID, UUID] = {}
    for citizen_id, _, named in await pool.repeatable(FIND, (list(citizen_ids),), alias=pool.KEYS):
        with suppress(CannotOpen):
            found[citizen_id] = await _subject(citizen_id, named)
    return found


async def keys_of(citizen_ids: Sequence[UUID], purpose: bytes) -> dict[UUID, ErrandKeys]:
    """Find what opens the errands of these citizens; who has no keys, or none that open, is not among them.

    For the worker. Raise KeyFileBehind before this process was restarted.
    """
    found: dict[UUID, ErrandKeys] = {}
    for citizen_id, wrapped, named in await pool.repeatable(FIND, (list(citizen_ids),), alias=pool.KEYS):
        try:
            box = await citizens.errand_box_of(citizen_id, wrapped, purpose)
            subject = await _subject(citizen_id, named)
        except CannotOpen:
            continue
        found[citizen_id] = ErrandKeys(box, subject)
    return found


async def _subject(citizen_id: UUID, named: str | None) -> UUID:
    return await (subjects.unwrap(citizen_id, named) if named else subjects.of(citizen_id))
