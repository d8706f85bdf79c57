"""Writes of privacy that others call: the note of a sign-in, and `forget`, `retire` and `expire` of its tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from .retention import retiring, visits
from .rights import actions as rights


async def note_visit(conn: AsyncConnection[Any], citizen_id: UUID, *, on: date) -> None:
    """Note that a citizen signed in on a day, in the caller's transaction (`pool.as_citizen`)."""
    await visits.note(conn, citizen_id, on=on)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete all that privacy keeps of a citizen, in the caller's transaction."""
    await visits.forget(conn, citizen_id)
    await rights.forget(conn, citizen_id)


async def retire(now: datetime) -> int:
    """Delete what citizens gave us who did not sign in for two years; return how many these were. For the worker."""
    return await retiring.retire(now)


async def expire(before: datetime) -> int:
    """Delete requests that ended before a moment (UTC). Rows of sign-ins have a job of their own (`tasks.retire`)."""
    return await rights.expire(before)
