"""The event service of the eBox: one numbered sequence of what happened to letters, which portals pull with a cursor.

The public API description is that for enterprises; here `boxId` is a citizen's national number, which is the town's
own choice. A letter has at most one event of each type: when it is new, when it is unread after 15 days, when it is
unread 7 days before it expires, and when its main content is opened. Sample letters have none from before the start
of the town. The numbers still go up after a restart, since they begin at the time of the start.
"""

import uuid
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .answers import moment_of
from .letters import Boxes, Letter

REMINDED_AFTER = timedelta(days=15)
ALERTED_BEFORE = timedelta(days=7)
NEW = "newDocument"
REMINDER = "newDocumentReminder"
ALERT = "documentExpirationAlert"
READ = "readDocument"
MOST_KEPT = 200_000


@dataclass
class Events:
    """Hold the events with their numbers, oldest first; numbers go up by one.

    opened: when the service started; last: the last number; recorded: (registry, person, letter, event type) of each
    event, so that it is not added twice.
    """

    opened: datetime
    last: int
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    recorded: set[tuple[str, str, str, str]] = field(default_factory=set)

    def add(self, event: dict[str, Any]) -> None:
        """Append an event under the next number; the oldest beyond MOST_KEPT are dropped."""
        self.last += 1
        self.rows.append((self.last, {"eventSequenceNbr": self.last, **event}))
        del self.rows[:-MOST_KEPT]

    def after(self, number: int, most: int) -> tuple[list[dict[str, Any]], bool]:
        """Give at most `most` events after a number, and whether there are more."""
        begin = bisect_right(self.rows, number, key=lambda row: row[0])
        return [row for _, row in self.rows[begin : begin + most]], begin + most < len(self.rows)

    def forget(self, begin: int) -> None:
        """Forget all events; `begin` counts as the last number."""
        self.rows.clear()
        self.last = begin

    def repeat(self, person: str = "") -> None:
        """Let the events of a person's letters be added once more; without one, those of all letters."""
        self.recorded = {it for it in self.recorded if person and it[1] != person}

    def gather(self, boxes: Boxes, now: float) -> None:
        """Add the events of letters until now that are not recorded yet, the oldest first."""
        moment = datetime.fromtimestamp(now, UTC)
        unrecorded = [
            (at, office, letter, kind)
            for office, letter in boxes.all()
            for kind, at in self._past_events(letter, moment)
            if (office, letter.person, letter.id, kind) not in self.recorded
        ]
        for at, office, letter, kind in sorted(unrecorded, key=lambda event: event[0]):
            self.recorded.add((office, letter.person, letter.id, kind))
            self.add(event_of(office, letter, kind, at))

    def _past_events(self, letter: Letter, now: datetime) -> Iterator[tuple[str, datetime]]:
        """Give the types and moments of a letter's events until now; a sample's only since the start."""
        for kind, at in _all_events(letter):
            if at <= now and (letter.sent_at is not None or at > self.opened):
                yield kind, max(at, letter.sent_at or at)


def _all_events(letter: Letter) -> Iterator[tuple[str, datetime]]:
    """Give the types and moments of a letter's events, also of future ones if it stays unread."""
    yield NEW, letter.received_at
    if letter.read_at is not None:
        yield READ, letter.read_at
    if letter.is_read and letter.read_at is None:
        return
    for kind, at in ((REMINDER, letter.received_at + REMINDED_AFTER), (ALERT, letter.expires_at - ALERTED_BEFORE)):
        is_unread = letter.read_at is None or at < letter.read_at
        if is_unread and at < letter.expires_at:
            yield kind, max(at, letter.received_at)


def new_events(now: float) -> Events:
    """Make an event service without events that starts at `now` (seconds since 1970)."""
    return Events(datetime.fromtimestamp(now, UTC), int(now) * 1000)


def event_of(office: str, letter: Letter, kind: str, at: datetime) -> dict[str, Any]:
    """Write an event as the service gives it, without its number."""
    data: dict[str, Any] = {
        "eventType": kind,
        "eventCorrelationId": str(uuid.uuid4()),
        "boxId": letter.person,
        "messageId": letter.id,
        "receiptDate": moment_of(letter.received_at),
        "expirationDate": moment_of(letter.expires_at),
        "registeredMail": letter.is_registered,
        "messageTypeId": letter.type_id,
        "senderOrganizationId": letter.sender,
        "subject": letter.subject,
    }
    if letter.application:
        data["senderApplicationId"] = letter.application
    return {"eventTime": moment_of(at), "eventProviderId": office, "eventData": data}
