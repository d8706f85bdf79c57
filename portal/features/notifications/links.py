"""Addresses of pages of notifications that other features link to, through `ui.links`."""

from functools import cache

from django.urls import reverse

from portal.platform.access import sessions
from portal.platform.access.types import Session


@cache
def notices() -> str:
    """Give the address of the list of notices, to which the bell in the header links."""
    return str(reverse("notifications:listed"))


def news_of_notices(session: Session) -> str:
    """Give the address of the event stream that tells an open page of this session of new notices."""
    return f"{_stream()}?van={sessions.page_handle(session)}"


@cache
def contact_preferences() -> str:
    """Give the address of the contact preferences."""
    return str(reverse("notifications:preferences"))


@cache
def _stream() -> str:
    return str(reverse("notifications:live"))
