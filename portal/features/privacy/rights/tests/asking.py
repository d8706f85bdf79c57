"""How tests ask for a right, and look at what became of it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from portal.features.privacy.rights import actions, forwarding, queries
from portal.features.privacy.rights.types import Ask, DataRight, FollowedRequest
from portal.platform.journal.types import Occasion
from tests.citizen import Citizen
from tests.desks import Desks
from tests.inbox import rows

Role = Callable[[], AbstractAsyncContextManager[None]]

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
ABOUT = "Wis mijn sollicitatie van 2024.\nIk zoek geen werk meer."
JSON, MAIL, NONE, OURS = "ahovoks", "vdab", "toerisme_vlaanderen", ""


async def put(
    who: Citizen, body: str = MAIL, *, form_key: UUID | None = None, at: datetime = NOW, **typed: str
) -> str:
    """Ask for erasure; without words of its own the same as any other request of this person to this body."""
    content = Ask(**{"body": "VDAB" if body else "", "about": ABOUT, "reply_to": "lies@canary.example", **typed})
    occasion = Occasion(who.session.citizen_id, at, str(uuid4()))
    return await actions.ask(who.session, occasion, (DataRight.ERASURE, body, content), form_key or uuid4())


def errands() -> list[UUID]:
    return [one for (one,) in rows("select request_id from privacy_request_errand")]


async def forward(now: datetime = NOW) -> None:
    for request_id in errands():
        await forwarding.forward(request_id, now)


async def one_of(who: Citizen, now: datetime = NOW) -> FollowedRequest:
    (one,) = await queries.requests_of(who.session.citizen_id, now=now)
    return one


def mails(town: Desks) -> list[dict[str, Any]]:
    return list(town.ask("GET", "/mail/messages"))


def fails(town: Desks, source: str, mode: str) -> None:
    town.ask("PUT", f"/faults/{source}", {"mode": mode, "latency_ms": 0})
