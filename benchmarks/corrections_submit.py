"""A hundred citizens who report errors until each is confirmed: writes one line for each confirmed report.

Run by `benchmarks.corrections_crash`, in the portal's environment; its arguments are how many reports, and the file.
It calls the action behind the form, and sends a report that was not confirmed again, as a citizen does.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import django

from .bodies import adult_number

CITIZENS = 100
APART_S = 0.05  # between two reports
AGAIN_S = 0.3  # before a report is sent again


async def _submit(count: int, file: Path) -> None:
    from portal.features.corrections import actions
    from portal.features.corrections.types import Report
    from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
    from portal.platform.database import pool
    from portal.platform.journal.types import Occasion
    from portal.platform.keys import pseudonym
    from portal.platform.sources import catalogue

    await pool.open_pool(most=4)
    await pool.open_pool(pool.KEYS, most=2)
    entry = next(each for each in catalogue.installed().entries if each.remedy == "form")
    now = datetime.now(UTC)
    people = []
    for serial in range(1, CITIZENS + 1):
        insz = adult_number(serial)
        identity = Identity(insz, "A", "B", SignInMeans.ITSME, Assurance.HIGH, insz)
        citizen_id, end = await pseudonym.citizen_id(insz), now + timedelta(hours=1)
        people.append(Session(os.urandom(32), citizen_id, identity, now, end, end, os.urandom(32), ""))
    with file.open("w", buffering=1) as confirmed:
        for number in range(count):
            content = Report(entry.dataset.title, "", "Gegeven", "", "", f"nummer {number}", "Daarom.", "")
            form_key, session = uuid4(), people[number % CITIZENS]
            while True:
                try:
                    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
                    reference = await actions.report(session, occasion, entry, content, form_key)
                except Exception as error:
                    sys.stderr.write(f"report {number} not taken in: {type(error).__name__}\n")
                    await asyncio.sleep(AGAIN_S)
                else:
                    break
            confirmed.write(f"{number} {reference}\n")
            await asyncio.sleep(APART_S)
    await pool.close_pools()


if __name__ == "__main__":
    django.setup()
    asyncio.run(_submit(int(sys.argv[1]), Path(sys.argv[2])))
