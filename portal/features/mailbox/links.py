"""Addresses of the mailbox, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse

from portal.platform.access.types import Session

from .registry import locating


@cache
def ebox_link() -> str:
    """Lead to where a citizen links their eBox, and sees that they did."""
    return str(reverse("mailbox:link"))


@cache
def ebox_archive() -> str:
    """Lead to a citizen's own archive of documents, which they begin and end there."""
    return str(reverse("mailbox:archive"))


def ebox_document(session: Session, provider: str, message_id: str) -> str:
    """Lead to a document of one's own eBox; "" for one whose id is too long to stand in an address.

    Nobody is asked for it here: whether it is still there is found out by its page.
    """
    token = locating.token_of(session, provider, message_id)
    return reverse("mailbox:message", kwargs={"token": token}) if token else ""
