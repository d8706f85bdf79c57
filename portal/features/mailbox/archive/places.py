"""Titles, addresses and breadcrumbs that the pages of the archive share. No I/O."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest

from .. import framing

TITLE = _("Uw eigen archief")
ABOUT = _("Kopieën van eBox documenten die u zelf bewaart.")
SHEETS = (*framing.SHEETS, "mailbox/message.css", "mailbox/archive.css")
# What was done a moment ago, as values of `framing.DONE`.
BEGUN, KEPT, THERE, DELETED, ENDED = "begonnen", "bewaard", "al-bewaard", "gewist", "gestopt"


def overview() -> str:
    """Give the address of the list of copies."""
    return reverse("mailbox:archive")


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """Give breadcrumbs from the list of copies on. more: title and address of each; "" for the page itself."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


def receipt(request: SignedInRequest, *known: str) -> str:
    """Read from the address what was done a moment ago: one of `known`, or ""."""
    done = request.GET.get(framing.DONE, "")
    return done if done in known else ""
