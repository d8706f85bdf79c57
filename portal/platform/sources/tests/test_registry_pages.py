"""Pages of messages, whatever a registry puts in them: nothing is raised, and every omission is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.registries import ListQuery
from portal.platform.sources.transports import registry_pages
from portal.platform.sources.transports.registry_pages import ListQuestion, RegistryPage

from .town import NUMBER

pytestmark = pytest.mark.security

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
FILTERS = {"visible": "true", "readStatus": "false", "messageTypeId": "tax", "receivedAfter": "2026-01-01"}

scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=20)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
NAMES = ("messageId", "receiptDate", "expirationDate", "readStatus", "visible", "messageTypeId", "forTheAttentionOf")
messages = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, anything | st.just("2026-11-03T10:00:00Z")))


def question(**query: Any) -> ListQuestion:
    return ListQuestion(NUMBER, ListQuery(**query), NOW)


def page_of(*items: Any, **query: Any) -> RegistryPage:
    found = registry_pages.page_of(msgspec.json.encode({"items": items, "totalItems": len(items)}), question(**query))
    assert isinstance(found, RegistryPage)
    return found


def fits(query: dict[str, Any], **said: Any) -> bool:
    message = {"messageId": "M", "receiptDate": "2026-11-03T10:00:00Z"} | said
    (found,) = page_of(message, **query).messages
    return found.fits


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_break_the_reader(data):
    assert isinstance(registry_pages.page_of(data, question(filters=FILTERS)), RegistryPage | str)


@given(st.lists(messages | anything, max_size=6), anything)
def test_each_message_is_read_or_left_out_with_a_word(items, total):
    data = msgspec.json.encode({"items": items, "totalItems": total})
    found = registry_pages.page_of(data, question(filters=FILTERS))
    assert isinstance(found, RegistryPage)
    assert len(found.messages) + len(found.left_out) == found.on_page == len(items)
    assert all(0 < len(one.id) <= registry_pages.MOST_ID and one.at.tzinfo is UTC for one in found.messages)


@pytest.mark.parametrize(
    ("filters", "said", "expected"),
    [
        ({"visible": "true"}, {}, True),
        ({"visible": "false"}, {"visible": True}, False),
        ({"visible": "true"}, {"visible": None}, True),
        ({"readStatus": "false"}, {"readStatus": True}, False),
        ({"readStatus": "false"}, {"readStatus": "true"}, True),
        ({"senderOrganizationId": "0671516647"}, {"senderOrganizationId": "0406798006"}, False),
        ({"senderOrganizationId": "0671516647"}, {"senderOrganizationId": 671516647}, True),
        # The day itself, and one more at each side, may be meant.
        ({"receivedAfter": "2026-11-04"}, {}, True),
        ({"receivedAfter": "2026-11-05"}, {}, False),
        ({"receivedBefore": "2026-11-02"}, {}, True),
        ({"receivedBefore": "2026-11-01"}, {}, False),
        ({"expiredBefore": "2027-01-01"}, {"expirationDate": "2027-06-01"}, False),
        ({"expiredBefore": "2027-01-01"}, {"expirationDate": "9999-12-31"}, False),
        ({"expiredAfter": "2027-01-01"}, {"expirationDate": "9999-12-31"}, True),
        ({"receivedBefore": "never"}, {}, True),
        ({"unknown": "x"}, {"unknown": "y"}, True),
    ],
)
def test_a_filter_is_checked_again_as_far_as_a_message_answers_it(filters, said, expected):
    assert fits({"filters": filters}, **said) is expected


def test_a_list_goes_on_after_a_message_and_not_after_its_moment():
    past = datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert fits({"past": past, "past_id": "L"})
    assert not fits({"past": past, "past_id": "M"})
    assert not fits({"past": past})
    assert fits({"past": past + timedelta(microseconds=1)})
    assert fits({"past": past, "past_id": ""})
    assert not fits({"past": past - timedelta(microseconds=1), "past_id": ""})


def test_what_expired_is_gone_and_what_may_still_do_so_today_is_not():
    assert not fits({}, expirationDate="2026-11-29T11:59:00Z")
    assert fits({}, expirationDate="2026-11-30")
    assert fits({}, expirationDate="0001-01-01")


def test_more_messages_than_can_be_read_are_said():
    items = [{"messageId": f"M-{n}", "receiptDate": "2026-11-03"} for n in range(registry_pages.MOST_ON_PAGE + 7)]
    found = page_of(*items)
    assert (len(found.messages), found.left_out) == (registry_pages.MOST_ON_PAGE, ("messages/many",))
    assert found.on_page == len(items)


def test_a_page_is_not_printed():
    found = page_of({"messageId": "M-secret", "receiptDate": "2026-11-03"})
    assert "secret" not in f"{found!r} {found.messages!r} {question(filters={'q': 'secret'})!r}"


def test_a_title_that_was_cut_in_the_middle_of_a_sign_hides_no_other_message():
    written = b"""{"items": [
        {"messageId": "A", "receiptDate": "2026-11-03", "subject": {"nl": "half \\ud83d"}},
        {"messageId": "B", "receiptDate": "2026-11-02", "subject": {"nl": "whole \\ud83d\\ude00"}}
    ]}"""
    found = registry_pages.page_of(written, question())
    assert isinstance(found, RegistryPage)
    assert [(one.id, msgspec.json.decode(one.raw)["subject"]["nl"]) for one in found.messages] == [
        ("A", "half \ufffd"),
        ("B", "whole \U0001f600"),
    ]
