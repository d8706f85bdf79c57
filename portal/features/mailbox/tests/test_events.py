"""Whatever an event service gives, a page of events is read or said to be none."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.events import reading
from portal.features.mailbox.events.reading import EventKind, EventPage

LIES = "84651421235"
DATA = {"eventType": "newDocument", "boxId": LIES, "messageId": "A", "receiptDate": "2026-11-01T08:00:00Z"}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
NAMES = ("eventSequenceNbr", "eventProviderId", "eventData")


def page(*written: Any, **info: Any) -> EventPage | str:
    return reading.read(msgspec.json.encode({reading.LIST: written, "pageInfo": info}))


def event(number: Any = 1, provider: Any = "federaal", **data: Any) -> dict[str, Any]:
    return {"eventSequenceNbr": number, "eventProviderId": provider, "eventData": DATA | data}


def test_events_are_read_by_number_each_once():
    found = page(event(3), event("2", eventType="readDocument"), event(3, messageId="B"), hasNext=True)
    assert isinstance(found, EventPage)
    assert ([line.number for line in found.lines], found.has_next) == ([2, 3], True)
    first, second = (line.event for line in found.lines)
    assert first
    assert second
    assert (first.kind, second.kind, second.message) == (EventKind.READ, EventKind.NEW, "A")
    assert found.left_out == ("a number twice",)
    assert (LIES in repr(found), "federaal" in repr(found)) == (False, False)


def test_one_that_makes_no_sense_still_counts_and_one_without_a_number_does_not():
    found = page(event(1, boxId="1"), event(2, messageId=None), event(0), event(True), event(2**63), event("٣"), 7)
    assert isinstance(found, EventPage)
    assert [(line.number, line.event) for line in found.lines] == [(1, None), (2, None)]


def test_same_event_is_written_in_one_way_whatever_the_order_of_its_members():
    one = page(event())
    other = page(dict(reversed(list(event().items()))))
    assert isinstance(one, EventPage)
    assert isinstance(other, EventPage)
    assert one.lines[0].written == other.lines[0].written


def test_page_of_too_many_says_that_there_are_more():
    found = page(*(event(number) for number in range(1, reading.MOST + 5)))
    assert isinstance(found, EventPage)
    assert (len(found.lines), found.has_next) == (reading.MOST, True)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"EboxCitizenDocumentEvents": {}}', b"\xff", b"[" * 5000])
def test_what_is_no_page_is_said_to_be_none(data):
    assert isinstance(reading.read(data), str)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON, max_size=4), JSON)
def test_reading_is_total(written, info):
    found = reading.read(msgspec.json.encode({reading.LIST: written, "pageInfo": info}))
    assert isinstance(found, EventPage)


@given(st.dictionaries(st.sampled_from([*DATA, "expirationDate", "registeredMail", "senderOrganizationId"]), JSON))
def test_reading_what_happened_is_total(data):
    found = page(event(1, **data))
    assert isinstance(found, EventPage)
    for line in found.lines:
        assert line.event is None or (len(line.event.box) == 11 and line.event.message)
