"""What the federation and providers send is read in a time that grows with its length at most."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.features.mailbox.registry import provider_list, reading, reference_pages
from portal.platform.sources.registries import GatheredMessages
from tests.effort import LENGTHS, Proportion

from .test_provider_list import SMALS
from .test_reading import MESSAGE, PAYMENT

pytestmark = pytest.mark.security

LONG = 256 * 1024  # characters
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
PIECES = ("a.", "9", "\u0301\u0323", "://", "/a", "[", "=", " ", "\u202e")


def message(content: dict[str, Any]) -> None:
    reading.read_message(content, (), provider="x", message_id=MESSAGE["messageId"], now=NOW)
    reading.read_list(GatheredMessages((content,)), (), provider="x")


def every(written: dict[str, Any], value: Any) -> dict[str, Any]:
    """Put a value in the place of each member of an object."""
    return dict.fromkeys(written, value)


READERS: dict[str, Callable[[Any], Any]] = {
    "message": lambda value: message(MESSAGE | {"subject": {"nl": value}, "structuredData": value, value[:9]: 1}),
    "members": lambda value: message(
        every(MESSAGE, value) | {"messageId": "m", "receiptDate": MESSAGE["receiptDate"]}
    ),
    "attachments": lambda value: message(
        MESSAGE | {"attachments": [every(MESSAGE["attachments"]["items"][0], value)]}
    ),
    "payment": lambda value: reading.read_payment(every(PAYMENT, value), ()),
    "body": lambda value: reading.read_body({"nl": value, value[:9]: value}, ()),
    "providers": lambda value: provider_list.read(
        json.dumps([every(SMALS, value) | {"messageProviderId": "x"}]).encode()
    ),
    "address": lambda value: provider_list.read(
        json.dumps([SMALS | {"messageProviderUrl": f"https://{value}"}]).encode()
    ),
    "senders": lambda value: reference_pages.senders(
        json.dumps(
            [{"organizationId": value, "organizationShortName": {"nl": value}, "organizationUrl": value}]
        ).encode()
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_value_takes_longer_than_it_is_long(reader):
    read = READERS[reader]

    def took(value: str) -> float:
        started = time.thread_time()
        read(value)
        return time.thread_time() - started

    slow = {}
    for piece in PIECES:
        long = piece * (LONG // len(piece))
        short = long[: len(long) // LENGTHS]
        if found := str(Proportion().of(lambda short=short: took(short), lambda long=long: took(long))):
            slow[piece] = found
    assert slow == {}


@pytest.mark.parametrize("many", [20_000])
def test_many_entries_take_no_longer_than_they_are_many(many):
    def took(count: int) -> float:
        started = time.thread_time()
        provider_list.read(json.dumps([SMALS] * count).encode())
        reference_pages.senders(json.dumps([{}] * count).encode())
        message(MESSAGE | {"attachments": [{}] * count} | {f"x{number}": 1 for number in range(count)})
        return time.thread_time() - started

    assert str(Proportion().of(lambda: took(many // LENGTHS), lambda: took(many))) == ""
