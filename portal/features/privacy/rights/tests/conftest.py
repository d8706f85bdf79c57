"""Requests go the whole way: page, queue, worker, and mailbox or endpoint of the town."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from portal.platform.mail import server_gate
from tests.desks import Desks, lies, pieter, running_desks, town
from tests.inbox import rows

__all__ = ["lies", "pieter", "running_desks", "town"]


@pytest.fixture
def mailboxes(town: Desks) -> Iterator[Desks]:
    """The town, its mailboxes empty too; our settings name the port of its mail server."""
    town.ask("DELETE", "/mail/messages")
    rows("delete from privacy_request")
    server_gate._gates.clear()
    with override_settings(SMTP_PORT=town.smtp_port, SMTP_USER="", SMTP_PASSWORD=""):
        yield town
    town.ask("DELETE", "/mail/messages")
