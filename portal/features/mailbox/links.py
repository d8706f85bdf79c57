"""Addresses of pages of the mailbox that other features link to, through `ui.links`."""

from functools import cache

from django.urls import reverse

from portal.platform.access.types import Session

from . import framing
from .registry import locating


@cache
def ebox_link() -> str:
    """Give the address where a citizen links their eBox, or sees their link."""
    return str(reverse("mailbox:link"))


@cache
def ebox_archive() -> str:
    """Give the address of a citizen's own archive of copies, where they also begin and end it."""
    return str(reverse("mailbox:archive"))


def ebox_document(session: Session, provider: str, message_id: str) -> str:
    """Give the address of a document of the citizen's eBox; "" where its id is too long for an address.

    The document may be gone: its page asks its provider for it.
    """
    token = locating.token_of(session, provider, message_id)
    return framing.page_of(token)
