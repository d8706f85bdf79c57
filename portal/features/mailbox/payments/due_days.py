"""Write a calendar file with the days until which documents are to be paid.

Calendars are often shared, so an entry names the sender and the day: no amount, account or subject. The days stand,
sealed, in the address of the file, so that providers are not asked again for what the page showed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.platform.access import carried
from portal.platform.access.types import Session
from portal.platform.kit.unprinted import Unprinted

from ..registry import wording
from ..types import EboxMessage

MOST = 25  # in one file: as many as a page shows
LONGEST = 6000  # characters of the sealed days; an address may have 8192 bytes
SEALED = b"days to pay of the mailbox"
DAYS = "dagen"  # query parameter with the sealed days
ALARM = timedelta(days=-2, hours=9)  # from the begin of the day: at nine o'clock, two days before

_MADE_BY = "-//Mijn Burgerprofiel//eBox//NL"


class DueDay(Unprinted, frozen=True):
    """The day until which a document is to be paid. sender: KBO number of its organisation; key: hash of its key."""

    provider: str
    sender: str
    on: date
    key: str


def days_of(messages: Iterable[EboxMessage], today: date) -> Sequence[DueDay]:
    """Give the days of messages from today on, at most MOST. today: the day in Belgium."""
    return [
        DueDay(one.provider, one.sender, one.due_on, _hash(one.key))
        for one in messages
        if one.due_on is not None and one.due_on >= today
    ][:MOST]


def address_of(session: Session, days: Sequence[DueDay]) -> str:
    """Give the address of the file with these days; "" for no days, or too many for an address."""
    token = carried.seal(session, SEALED, days) if days else ""
    return f"{reverse('mailbox:due_days')}?{urlencode({DAYS: token})}" if 0 < len(token) <= LONGEST else ""


def days_in(session: Session, token: str) -> Sequence[DueDay]:
    """Read the days that `address_of` sealed in this session; () for anything else."""
    return carried.unseal(tuple[DueDay, ...], session, SEALED, token) or () if len(token) <= LONGEST else ()


def _hash(key: str) -> str:
    """Hash the key of a message, to 22 characters: ids may have 300, and 25 of them must fit in an address."""
    return urlsafe_b64encode(sha256(key.encode("utf-8", "replace")).digest()[:16]).decode().rstrip("=")


def calendar_of(days: Iterable[tuple[DueDay, bytes]], now: datetime) -> bytes:
    """Write the file (RFC 5545). Each day comes with a keyed hash of 32 bytes, which makes its UID.

    So a calendar replaces an entry that it has, and nobody can link the UIDs of two citizens.
    """
    # Imported here: it takes 15 MB and a fifth of a second, and few citizens want this file.
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", _MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for day, mark in days:
        title = _("Te betalen: %(sender)s") % {"sender": wording.name_of_sender(day.provider, day.sender)[0]}
        event, alarm = Event(), Alarm()
        event.add("uid", str(UUID(bytes=mark[:16])))
        event.add("dtstamp", now)
        event.add("dtstart", day.on)
        event.add("summary", title)
        event.add(
            "description",
            _("Het bedrag en de rekening leest u in uw eBox, in Mijn Burgerprofiel. Of u betaalde, weten wij niet."),
        )
        event.add("transp", "TRANSPARENT")
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
