"""Set up citizens who linked their eBox and want mails, for benchmarks of events, by the portal's own actions.

python -m benchmarks.ebox_setup     with the portal's environment; reads JSON: addresses by national number
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.features.mailbox import actions as mailbox
from portal.features.profile import actions as profile
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym

CODE = "314159"


def _occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(uuid4()))


async def set_up(wanted: Mapping[str, str]) -> None:
    """Give each citizen a confirmed mail address, and link their eBox, with mails at once."""
    async with pool.open_pools():
        for insz, address in wanted.items():
            citizen_id = await pseudonym.citizen_id(insz)
            await citizens.ensure(citizen_id)
            await profile.propose_email(_occasion(citizen_id), address, code=CODE, kind=KeptKind.EMAIL)
            await profile.confirm_email(_occasion(citizen_id), CODE, kind=KeptKind.EMAIL)
            (email,) = await reads.verified_emails_of(citizen_id)
            await mailbox.link(_occasion(citizen_id), email.id, insz)


if __name__ == "__main__":
    asyncio.run(set_up(json.load(sys.stdin)))
