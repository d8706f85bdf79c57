"""Citizens with keys, and pictures as people and attackers send them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from PIL import Image

from portal.platform.keys import citizens

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
TRACE = str(UUID(int=7))  # of the one request that all of it is done in
TABLES = ("profile_kept", "profile_address", "profile_proposal", "profile_code_sent", "mail_outbox")


@pytest_asyncio.fixture
async def citizen(past_walls: psycopg.Connection) -> UUID:
    """Somebody with keys, on empty tables."""
    for table in (*TABLES, "procrastinate_jobs"):
        past_walls.execute(f"truncate {table} cascade")
    return await somebody()


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
