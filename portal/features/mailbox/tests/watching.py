"""The town's senders and events, people who linked their eBox, and a worker inside the test that pulls."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox.events import pulling
from portal.features.mailbox.link import announcing
from portal.features.mailbox.registry import providers, reference
from portal.features.mailbox.tests.linking import LIES, gives, links, occasion
from portal.features.notifications import preference_actions
from portal.features.notifications import queries as notices
from portal.features.notifications.preference_rules import Pace, for_each
from portal.features.notifications.tests.mailing import send_all
from portal.features.notifications.types import EBOX
from portal.platform.sources.gates import gatekeeper
from portal.platform.wire import calls
from tests.citizen import Citizen, person, sign_in
from tests.inbox import Inbox, past_walls

TAX, ADDRESS, OTHER = "0308357159", "lies@example.org", "93681527060"
TABLES = (
    "notifications_notice",
    "notifications_thread",
    "mailbox_box",
    "mailbox_event",
    "mailbox_cursor",
    "mailbox_link",
    "mailbox_reminder",
)


def forget() -> None:
    """Let this process know of no provider, and of nobody's trouble."""
    providers._shelf.value = providers._shelf.trouble = None
    providers._shelf._again_at = 0.0
    reference._shelves.clear()
    gatekeeper._gates.clear()


def empty() -> None:
    """Take away all that was linked, and what came of it."""
    for table in TABLES:
        past_walls(f"delete from {table}")


@pytest_asyncio.fixture
async def box(inbox: Inbox, anew, as_worker) -> AsyncIterator["TriedBox"]:
    inbox.ask("DELETE", "/ebox/messages")
    inbox.ask("DELETE", "/ebox/events")
    empty()
    forget()
    with override_settings(REST_URL=inbox.tls):
        yield TriedBox(inbox, as_worker)
        await asyncio.gather(*announcing._under_way)
    empty()  # the bell of other tests counts what is left
    inbox.put_right()
    forget()
    await calls.close()


class TriedBox:
    """The town's senders and events, and a worker that fetches what happened."""

    def __init__(self, town: Inbox, as_worker: Any) -> None:
        self.town, self.as_worker = town, as_worker

    def send(self, subject: str = "Geheim onderwerp", whose: str = LIES, **more: Any) -> str:
        letter = {"person": whose, "provider": "federaal", "senderOrganizationId": TAX, "subject": {"nl": subject}}
        data = json.dumps(letter | {"body": {"nl": "Een brief."}} | more).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.town.origin}/ebox/messages", data, headers, method="POST")
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)["messageId"]

    def event(self, kind: str, message: str, whose: str = LIES, **more: Any) -> None:
        data = {"eventType": kind, "boxId": whose, "messageId": message, "receiptDate": "2026-11-01T08:00:00Z"}
        self.town.ask("POST", "/ebox/events", {"eventData": data | {"senderOrganizationId": TAX} | more})

    async def pulls(self, now: datetime | None = None) -> int:
        # As a process has it: the worker's own keys, which the portal's file lacks, and its rights.
        async with self.as_worker():
            with override_settings(KEYS_FILE=""):
                return await pulling.pull(now or datetime.now(UTC))

    async def mails(self, now: datetime | None = None) -> list[dict[str, Any]]:
        async with self.as_worker():
            await send_all(now)
        return self.town.mails()


async def link_box(whose: str = LIES, pace: Pace = Pace.AT_ONCE) -> Citizen:
    who = await sign_in(person(whose))
    citizen_id = who.session.citizen_id
    email = await gives(citizen_id, ADDRESS)
    await links(citizen_id, whose)
    await preference_actions.choose(occasion(citizen_id), for_each({EBOX: email}, pace))
    return who


async def threads(who: Citizen) -> list[Any]:
    return list((await notices.look_at_threads(occasion(who.session.citizen_id))).threads)
