"""Days to pay for a calendar: what others may read there, and nothing more."""

import threading
from datetime import UTC, date, timedelta

import icalendar
import pytest

from portal.features.mailbox.payments import due_days
from tests.citizen import person, sign_in

from .linking import links
from .messages import NOW, message

TODAY = date(2026, 12, 1)


def due(id_: str, on: date | None, **more: object):
    return message("smals", id_, due_on=on, has_payment=True, **more)


def test_only_days_still_to_come_are_chosen():
    found = [due("a", TODAY), due("b", date(2026, 11, 30)), due("c", None), due("d", date(9999, 12, 31))]
    assert [day.on for day in due_days.days_of(found, TODAY)] == [TODAY, date(9999, 12, 31)]
    assert len(due_days.days_of([due(str(at), TODAY) for at in range(99)], TODAY)) == due_days.MOST


def test_file_can_be_read_by_whoever_reads_calendars():
    days = due_days.days_of([due("a\r\nBEGIN:VEVENT", date(2026, 12, 5), sender="0308357159")], TODAY)
    written = due_days.calendar_of([(day, b"m" * 32) for day in days], NOW)
    assert max(map(len, written.split(b"\r\n"))) <= 75
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTSTAMP"].dt) == (
        date(2026, 12, 5),
        NOW.astimezone(UTC).replace(microsecond=0),
    )
    assert event["UID"] == "6d6d6d6d-6d6d-6d6d-6d6d-6d6d6d6d6d6d"
    assert "0308357159" in event["SUMMARY"]
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-2, hours=9)


@pytest.mark.asyncio
async def test_address_holds_a_full_page_of_the_longest_ids_and_is_of_its_session(anew):
    session, other = (
        (await sign_in(person("84651421235"))).session,
        (await sign_in(person("69702131821"))).session,
    )
    days = due_days.days_of([due(f"{at:0>300}", TODAY, sender="0308357159") for at in range(25)], TODAY)
    place = due_days.address_of(session, days)
    token = place.partition("=")[2]
    assert len(token) <= due_days.LONGEST
    assert list(due_days.days_in(session, token)) == list(days)
    assert list(due_days.days_in(other, token)) == list(due_days.days_in(session, "x" * 99_999)) == []
    assert due_days.address_of(session, ()) == ""


@pytest.mark.asyncio
async def test_file_is_written_beside_the_event_loop(lies, monkeypatch):
    await links(lies.session.citizen_id)
    write, threads = due_days.calendar_of, []

    def watched(*given):
        threads.append(threading.current_thread())
        return write(*given)

    monkeypatch.setattr(due_days, "calendar_of", watched)
    place = due_days.address_of(lies.session, due_days.days_of([due("a", TODAY)], TODAY))
    assert (await lies.client.get(place)).content.startswith(b"BEGIN:VCALENDAR")
    assert len(threads) == 1
    assert threading.current_thread() not in threads
