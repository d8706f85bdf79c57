"""People who want mails about notices, and a worker inside the test that sends them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from portal.features.notifications import deliveries, preference_actions
from portal.features.notifications import preference_rules as rules
from portal.features.notifications.preference_rules import Pace
from portal.features.profile import actions as profile
from portal.features.profile.tests import reads
from portal.features.profile.types import KeptKind
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from tests.citizen import Citizen
from tests.inbox import past_walls

CODE = "314159"
ADDRESS = "lies@example.org"
LIST = "/brievenbus/meldingen/"


def occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, datetime.now(UTC), str(uuid4()))


async def gives(citizen_id: UUID, address: str = ADDRESS, kind: Any = KeptKind.EMAIL) -> UUID:
    """Give an address and confirm it; returns its id. What the confirmation would mail is taken away."""
    await citizens.ensure(citizen_id)
    await profile.propose_email(occasion(citizen_id), address, code=CODE, kind=kind)
    await profile.confirm_email(occasion(citizen_id), CODE, kind=kind)
    # Nor does it count: who runs many tests asks for many codes.
    for table in ("mail_outbox", "profile_code_sent"):
        past_walls(f"delete from {table}")
    past_walls("delete from procrastinate_jobs")
    return next(one.id for one in await reads.verified_emails_of(citizen_id) if one.address == address)


async def wants_all(citizen_id: UUID, pace: Pace = Pace.AT_ONCE, address: str = ADDRESS) -> UUID:
    """Choose one address for all services."""
    email = await gives(citizen_id, address)
    await preference_actions.choose(occasion(citizen_id), rules.for_all(email, pace))
    return email


async def send_all(now: datetime | None = None) -> None:
    """Do each job that came with a notice, the oldest first, as the queue would."""
    job = "select (args->>'delivery_id')::uuid from procrastinate_jobs where task_name = 'notifications.tell'"
    for (delivery_id,) in past_walls(f"{job} order by id"):
        await deliveries.send_one(delivery_id, now)


async def send_digests(now: datetime) -> int:
    """Do what the queue does when the mail of the day is due; returns how many jobs there were."""
    past_walls("delete from procrastinate_jobs")
    made = await deliveries.gather(now)
    for (digest_id,) in past_walls("select (args->>'digest_id')::uuid from procrastinate_jobs order by id"):
        await deliveries.send_digest(digest_id, now)
    return made


def states() -> list[tuple[str, str | None]]:
    """Tell what became of each mail, and why, the oldest first."""
    return [
        (state, why)
        for state, why in past_walls(
            "select d.state, d.why from notifications_delivery d join notifications_notice n on n.id = d.notice_id "
            "order by n.arrived_at, n.number"
        )
    ]


def hours_from_now(hours: int) -> str:
    """Write a moment so many hours from now, as bodies do."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def open_newest(who: Citizen) -> str:
    """Open the newest thread."""
    listed = (await who.gets(LIST)).content.decode()
    page = await who.gets(re.findall(rf"{LIST}[0-9a-f-]{{36}}/", listed)[0])
    return page.content.decode()
