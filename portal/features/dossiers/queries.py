"""Read which states of dossiers a citizen marked as seen."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of
from portal.platform.sources import beside

from . import rules
from .reported import queries as reported
from .types import Dossier, Seen

MARKS = "select mark from dossiers_seen where citizen_id = %s and mark = any(%s)"
ALL = "select mark, sealed, since from dossiers_seen where citizen_id = %s order by since, mark"

_seen = msgspec.json.Decoder(Seen)


async def seen_of(citizen_id: UUID, dossiers: Sequence[Dossier]) -> frozenset[bytes]:
    """Give the states (`rules.state_of`) of these dossiers that the citizen marked as seen; nothing is decrypted."""
    found = await beside.run(len(dossiers) > rules.MANY, lambda: [rules.state_of(dossier) for dossier in dossiers])
    states = {await mark_of(citizen_id, state): state for state in found}
    if not states:
        return frozenset()
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(MARKS, (citizen_id, list(states)))).fetchall()
    return frozenset(states[bytes(mark)] for (mark,) in rows)


async def mark_of(citizen_id: UUID, state: bytes) -> bytes:
    """Give the keyed hash under which a state (`rules.state_of`) of a dossier is stored."""
    return await pseudonym.mark(citizen_id, b"dossiers seen", state)


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen which of their dossiers they marked as seen, and what bodies reported to them."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    reports = await reported.export(citizen_id)
    if not rows:
        return reports
    box = await citizens.data_box_if_any(citizen_id)
    seen = [Record("seen", _open(box, bytes(mark), bytes(sealed)), since) for mark, sealed, since in rows]
    return [*seen, *reports]


def binding(mark: bytes) -> bytes:
    """Give the associated data with which the row of a mark is sealed."""
    return b"dossiers_seen\0" + mark


def _open(box: Box | None, mark: bytes, sealed: bytes) -> object:
    seen = content_of(box, sealed, binding(mark), _seen.decode)
    return None if seen is None else msgspec.to_builtins(seen)
