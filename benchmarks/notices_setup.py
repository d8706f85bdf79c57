"""Set up citizens for benchmarks of notices, by the portal's own actions: their keys, and their wish for mails.

    python -m benchmarks.notices_setup     with the portal's environment; reads JSON

`keys`: national numbers of citizens who get keys; their public keys are printed, in hexadecimal. `mails`: addresses
by national number, of citizens who want mails about all services.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.features.profile import actions
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from tests.mail_wishes import wish

CODE = "314159"
PUBLIC = "select public_key from keys_citizen where citizen_id = %s"


async def keys(numbers: Sequence[str]) -> dict[str, str]:
    """Give citizens the keys that their first visit gives them; return the public key of each, in hexadecimal."""
    publics = {}
    for insz in numbers:
        citizen_id = await pseudonym.citizen_id(insz)
        await citizens.ensure(citizen_id)
        async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
            ((public,),) = await (await conn.execute(PUBLIC, (citizen_id,))).fetchall()
        publics[insz] = public[: citizens.PUBLIC_BYTES].hex()
    return publics


async def mails(wanted: Mapping[str, str]) -> None:
    """Give each citizen a confirmed address, and choose mails at once about all services."""
    for insz, address in wanted.items():
        citizen_id = await pseudonym.citizen_id(insz)
        await actions.propose_email(_occasion(citizen_id), address, code=CODE, kind=KeptKind.EMAIL)
        await actions.confirm_email(_occasion(citizen_id), CODE, kind=KeptKind.EMAIL)
        (email,) = await reads.verified_emails_of(citizen_id)
        await wish(_occasion(citizen_id), email.id)


def _occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(uuid4()))


async def set_up(numbers: Sequence[str], addresses: Mapping[str, str]) -> dict[str, str]:
    """Do both; return what `keys` gives."""
    async with pool.open_pools():
        publics = await keys(numbers)
        await mails(addresses)
    return publics


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    json.dump(asyncio.run(set_up(wanted.get("keys", []), wanted.get("mails", {}))), sys.stdout)
