"""The event service of the eBox: what happened to letters, in one row by number, which portals pull with a cursor.

The public description is the enterprises' one; that of citizens is this town's own: `boxId` is a national number.
Events come once: of a new letter, of one that is unread after 15 days, of an unread one that expires within 7, and of
the main content that was opened first. What happened to sample letters before the town began is none. The numbers go
up over a restart, since they begin at the moment of the start.
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
MOST = 200_000  # that are remembered


@dataclass
class Events:
    """Hold the events by number; numbers go up by one. opened: when it began; already: which are in it by letter."""

    opened: datetime
    last: int
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    already: set[tuple[str, str, str, str]] = field(default_factory=set)

    def add(self, made: dict[str, Any]) -> None:
        """Put an event at the end, as it is."""
        self.last += 1
        self.rows.append((self.last, {"eventSequenceNbr": self.last, **made}))
        del self.rows[:-MOST]

    def after(self, number: int, most: int) -> tuple[list[dict[str, Any]], bool]:
        """Give those after a number, and whether there are still more."""
        begin = bisect_right(self.rows, number, key=lambda row: row[0])
        found = self.rows[begin : begin + most]
        return [row for _, row in found], begin + most < len(self.rows)

    def forget(self, begin: int) -> None:
        """Forget all, and number what comes from there on."""
        self.rows.clear()
        self.last = begin

    def renew(self, person: str = "") -> None:
        """Let what happens to somebody's letters count anew; of all people without one."""
        self.already = {it for it in self.already if person and it[1] != person}

    def gather(self, boxes: Boxes, now: float) -> None:
        """Add what happened to letters since it was last asked, the oldest first."""
        moment = datetime.fromtimestamp(now, UTC)
        fresh = [
            (at, office, letter, kind)
            for office, letter in boxes.all()
            for kind, at in self._happened(letter, moment)
            if (office, letter.person, letter.id, kind) not in self.already
        ]
        for at, office, letter, kind in sorted(fresh, key=lambda one: one[0]):
            self.already.add((office, letter.person, letter.id, kind))
            self.add(event_of(office, letter, kind, at))

    def _happened(self, letter: Letter, now: datetime) -> Iterator[tuple[str, datetime]]:
        """Say what happened to a letter until now and since it is here, and when."""
        for kind, at in _moments(letter):
            if at <= now and (letter.sent_at is not None or at > self.opened):
                yield kind, max(at, letter.sent_at or at)


def _moments(letter: Letter) -> Iterator[tuple[str, datetime]]:
    """Say what happens to a letter and when, as far as is known now."""
    yield NEW, letter.received_at
    if letter.read_at is not None:
        yield READ, letter.read_at
    if letter.is_read and letter.read_at is None:
        return
    for kind, at in ((REMINDER, letter.received_at + REMINDED_AFTER), (ALERT, letter.expires_at - ALERTED_BEFORE)):
        is_unread = letter.read_at is None or at < letter.read_at
        if is_unread and at < letter.expires_at:
            yield kind, max(at, letter.received_at)


def begun_at(now: float) -> Events:
    """Begin without any, at a moment in seconds since 1970."""
    return Events(datetime.fromtimestamp(now, UTC), int(now) * 1000)


def event_of(office: str, letter: Letter, kind: str, at: datetime) -> dict[str, Any]:
    """Write an event as the service gives it, without its number."""
    data: dict[str, Any] = {
        "eventType": kind,
        "eventCorrelationId": str(uuid.uuid4()),
        "boxId": letter.person,
        "messageId": letter.id,
        "receiptDate": moment_of(letter.received_at, ""),
        "expirationDate": moment_of(letter.expires_at, ""),
        "registeredMail": letter.is_registered,
        "messageTypeId": letter.type_id,
        "senderOrganizationId": letter.sender,
        "subject": letter.subject,
    }
    if letter.application:
        data["senderApplicationId"] = letter.application
    return {"eventTime": moment_of(at, ""), "eventProviderId": office, "eventData": data}
