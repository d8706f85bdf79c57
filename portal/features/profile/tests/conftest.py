"""Citizens with keys, and pictures as people and attackers send them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from PIL import Image

from portal.features.profile import actions, photo
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind, PostalAddress
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
TRACE = str(UUID(int=7))  # of the one request that all of it is done in
HOME = PostalAddress("Thuis", "Veldstraat", "12", "", "9000", "Gent")
CODE = "314159"
TABLES = ("profile_kept", "profile_email", "profile_address", "profile_proposal", "profile_code_sent", "mail_outbox")


@pytest_asyncio.fixture
async def citizen(past_walls: psycopg.Connection) -> UUID:
    """Somebody with keys, on empty tables."""
    for table in (*TABLES, "procrastinate_jobs"):
        past_walls.execute(f"delete from {table}")
    return await somebody()


async def square_alone(upload: bytes) -> bytes:
    """Have a picture made by somebody of whom nothing else is under way."""
    return await photo.square(upload, uuid4())


def occasion(citizen_id: UUID, now: datetime = NOW) -> Occasion:
    """Make the occasion of what a citizen looks at or changes."""
    return Occasion(citizen_id, now, TRACE)


async def somebody() -> UUID:
    """Make a citizen with keys."""
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


@pytest.fixture
def rows(past_walls: psycopg.Connection) -> Callable[[], dict[str, int]]:
    """Count the rows of each table that is not empty, past all walls."""

    def count() -> dict[str, int]:
        counted = {table: past_walls.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES}
        return {table: number for table, number in counted.items() if number}

    return count


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Draw a picture: its left half red, its right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


async def give_nickname(citizen, nickname, now=NOW):
    """Give a nickname and confirm it."""
    await actions.propose_nickname(occasion(citizen, now), nickname)
    proposed = await reads.proposal_of(citizen, KeptKind.NICKNAME, now=now)
    return await actions.confirm_nickname(occasion(citizen, now), proposed.id)


async def give_email(citizen, address, now=NOW):
    """Give an address and confirm it."""
    await actions.propose_email(occasion(citizen, now), address, code=CODE)
    return await actions.confirm_email(occasion(citizen, now), CODE)


def a_lock_is_waited_for(past_walls: psycopg.Connection) -> bool:
    """Tell whether a transaction waits for an advisory lock of another."""
    sought = """
    select count(*) from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where locktype = 'advisory' and not granted and datname = current_database()
    """
    return past_walls.execute(sought).fetchone() != (0,)


async def fill(citizen):
    """Give everything, and propose another nickname."""
    await give_nickname(citizen, "Zonnetje")
    await give_email(citizen, "lies@example.org")
    await actions.keep_photo(occasion(citizen), picture())
    await actions.save_address(occasion(citizen), HOME)
    await actions.propose_nickname(occasion(citizen), "Regenboog")
