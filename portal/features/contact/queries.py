"""What is known of a question that was asked."""

from collections.abc import Sequence
from uuid import UUID

from portal.platform.database import pool
from portal.platform.feature.types import Record

from .types import Receipt

RECEIPT = "select created_at, case when send_at > now() then send_at end from mail_question where id = %s"


async def receipt(question_id: UUID) -> Receipt | None:
    """Give the receipt of a question; None for none, or one of longer than a fortnight ago."""
    rows = await pool.repeatable(RECEIPT, (question_id,))
    return Receipt(*rows[0]) if rows else None


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give nothing: no question is known to be a citizen's."""
    return ()
