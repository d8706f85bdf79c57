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
    """Take away all that privacy keeps of a citizen, in the caller's transaction."""
    await visits.forget(conn, citizen_id)
    await rights.forget(conn, citizen_id)


async def retire(now: datetime) -> int:
    """Take away what people gave us who were not here for two years, for the worker; returns of how many."""
    return await retiring.retire(now)


async def expire(before: datetime) -> int:
    """Take away what ended before then: of a last sign-in nothing does, it goes with its own job (`retention`)."""
    return await rights.expire(before)
