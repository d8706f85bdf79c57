"""Days until which messages want to be paid, as a file for a calendar.

What stands in it leaves our hands, and calendars are often shared: it names who is to be paid and when, no amount, no
account and no subject. The file is made of what a page showed, sealed in its address: nobody is asked again.
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
LONGEST = 6000  # characters of what is sealed: an address may have 8192 bytes
SEALED = b"days to pay of the mailbox"
DAYS = "dagen"  # names in an address what is sealed
REMINDED = timedelta(days=-2, hours=9)  # when a calendar says so, from the begin of the day

_MADE_BY = "-//Mijn Burgerprofiel//eBox//NL"


class DueDay(Unprinted, frozen=True):
    """When a message wants to be paid. sender: its organisation's KBO number; key: a hash of which message it is."""

    provider: str
    sender: str
    on: date
    key: str


def days_of(messages: Iterable[EboxMessage], today: date) -> Sequence[DueDay]:
    """Choose the days that are still to come. today: the day in Belgium."""
    return [
        DueDay(one.provider, one.sender, one.due_on, _hash(one.key))
        for one in messages
        if one.due_on is not None and one.due_on >= today
    ][:MOST]


def address_of(session: Session, days: Sequence[DueDay]) -> str:
    """Write where the file of these days is had; "" for none."""
    token = carried.seal(session, SEALED, days) if days else ""
    return f"{reverse('mailbox:due_days')}?{urlencode({DAYS: token})}" if 0 < len(token) <= LONGEST else ""


def days_in(session: Session, token: str) -> Sequence[DueDay]:
    """Read what `address_of` wrote in this session; nothing of anything else."""
    return carried.unseal(tuple[DueDay, ...], session, SEALED, token) or () if len(token) <= LONGEST else ()


def _hash(key: str) -> str:
    """Shorten which message is meant: ids may have 300 letters, and 25 of them must fit in an address."""
    return urlsafe_b64encode(sha256(key.encode("utf-8", "replace")).digest()[:16]).decode().rstrip("=")


def calendar_of(days: Iterable[tuple[DueDay, bytes]], now: datetime) -> bytes:
    """Write the file (RFC 5545), each day with a keyed mark of 32 bytes, by which calendars know it again."""
    # It costs 15 MB and a fifth of a second, which only who wants such a file should pay.
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
        alarm.add("trigger", REMINDED)
        event.add_component(alarm)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
