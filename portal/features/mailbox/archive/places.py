"""Where the pages of the archive stand, and the way to them; no I/O."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from portal.platform.access.types import SignedInRequest

from .. import framing

TITLE = _("Uw eigen archief")
ABOUT = _("Kopieën van eBox documenten die u zelf bewaart.")
SHEETS = (*framing.SHEETS, "mailbox/message.css", "mailbox/archive.css")
# What was just done, as `klaar` in an address says it.
BEGUN, KEPT, THERE, DELETED, ENDED = "begonnen", "bewaard", "al-bewaard", "gewist", "gestopt"


def overview() -> str:
    """Say where the list of copies stands."""
    return reverse("mailbox:archive")


def crumbs(*more: tuple[str, str]) -> Sequence[Mapping[str, str]]:
    """List the way from the archive to a page; the last has no address."""
    return [{"title": TITLE, "href": overview()}, *({"title": title, "href": href} for title, href in more)]


def receipt(request: SignedInRequest, *known: str) -> str:
    """Name what was done just before: one of those a page knows, or ""."""
    done = request.GET.get(framing.DONE, "")
    return done if done in known else ""
