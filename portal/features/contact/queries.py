"""Read the receipts of questions."""

from collections.abc import Sequence
from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Record

from .types import Receipt

RECEIPT = "select created_at, case when send_at > now() then send_at end from mail_question where id = %s"


async def receipt(question_id: UUID) -> Receipt | None:
    """Read the receipt of a question; None for an unknown id, or a question of more than a fortnight ago."""
    rows = await pool.repeatable(RECEIPT, (question_id,))
    return Receipt(*rows[0]) if rows else None


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give nothing: no question is stored as a citizen's."""
    return ()
