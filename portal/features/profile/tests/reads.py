"""Read what the profile keeps of a citizen, as its pages and the worker do, without a word in the journal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.features.profile import queries
from portal.features.profile.types import KeptKind, Proposal, SavedAddress, VerifiedEmail
from portal.platform.database import pool


async def nickname_of(citizen_id: UUID) -> str | None:
    """Give the confirmed nickname; None for none, or one that cannot be read."""
    async with pool.as_citizen(citizen_id) as conn:
        return await queries.words_in(conn, citizen_id, KeptKind.NICKNAME)


async def email_of(citizen_id: UUID) -> str | None:
    """Give the main address; None for none, or one that cannot be read."""
    async with pool.as_citizen(citizen_id) as conn:
        return await queries.words_in(conn, citizen_id, KeptKind.EMAIL)


async def verified_emails_of(citizen_id: UUID) -> Sequence[VerifiedEmail]:
    """List the verified addresses that can be read, the main one first."""
    async with pool.as_citizen(citizen_id) as conn:
        return await queries.verified_emails_in(conn, citizen_id)


async def proposal_of(citizen_id: UUID, kind: str, *, now: datetime) -> Proposal | None:
    """Find what was entered and waits for confirmation; None when its time is over, or it cannot be read."""
    async with pool.as_citizen(citizen_id) as conn:
        return await queries.proposal_in(conn, citizen_id, kind, now)


async def addresses_of(citizen_id: UUID) -> list[SavedAddress]:
    """List the saved addresses, the oldest first."""
    return list((await queries.profile_of(citizen_id)).addresses)


async def address_of(citizen_id: UUID, address_id: UUID) -> SavedAddress | None:
    """Find one of a citizen's own saved addresses."""
    return next((saved for saved in await addresses_of(citizen_id) if saved.id == address_id), None)
