"""Export and erase what features keep of a citizen, or have them expire everything; a program that prints JSON."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from uuid import UUID

import django

from portal.platform.database import pool
from portal.platform.feature import installed


async def _export_and_forget(citizen_id: UUID) -> dict[str, list[object]]:
    """Export what every feature keeps of a citizen, and delete it."""
    async with pool.open_pools():
        owing = {feature.id: feature.tables for feature in installed.with_tables() if feature.tables}
        given = {name: [one.value for one in await tables.export(citizen_id)] for name, tables in owing.items()}
        async with pool.as_citizen(citizen_id) as conn:
            for tables in owing.values():
                await tables.forget(conn, citizen_id)
    return given


async def _expire() -> dict[str, int]:
    """Have every feature delete all that ended before now, in the role of the worker; returns how many rows."""
    async with pool.open_pools(pool.MAIN):
        now = datetime.now(UTC)
        return {one.id: await one.tables.expire(now) for one in installed.with_tables() if one.tables}


if __name__ == "__main__":
    django.setup()
    said = asyncio.run(_export_and_forget(UUID(sys.argv[1])) if len(sys.argv) > 1 else _expire())
    sys.stdout.write(json.dumps(said))
