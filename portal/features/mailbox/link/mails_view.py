"""Which mails somebody was sent about their eBox, as far as is known of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from portal.features.notifications import queries as notifications
from portal.features.notifications.queries import MailAboutEbox
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.platform.access.guards import signed_in
from portal.platform.access.types import SignedInRequest

from .. import framing
from ..registry import wording
from .guarding import needs_link

TITLE = _("Mails over uw eBox")
# What a mail about one document says happened.
KINDS = {
    EboxNews.NEW: _("Een nieuw document"),
    EboxNews.UNREAD: _("Een document dat u nog niet las"),
    EboxNews.EXPIRING: _("Een document dat binnenkort verdwijnt"),
    EboxNews.ASKED: _("Een herinnering die u vroeg"),
}
UNREADABLE = _("Een document dat wij niet meer kunnen lezen")


@require_safe
@signed_in
@needs_link
async def overview(request: SignedInRequest) -> HttpResponseBase:
    """List them, the newest first."""
    found = await notifications.look_at_mails_about_ebox(request.occasion)
    context = {
        "crumbs": framing.crumbs((TITLE, "")),
        "lines": [_line(one) for one in found.newest],
        "has_older": found.has_older,
        "mail": await notifications.look_at_ebox_mail(request.occasion),
    }
    return framing.page(request, "mails", TITLE, context)


def _line(one: MailAboutEbox) -> Mapping[str, Any]:
    documents = [each for each in one.documents if each is not None]
    first = one.documents[0]
    return {
        "at": one.at,
        "state": one.state,
        "why": one.why,
        "is_of_day": one.is_of_day,
        "count": len(one.documents),
        "kind": KINDS[first.news] if first is not None else UNREADABLE,
        "senders": _senders(documents),
    }


def _senders(documents: Sequence[EboxDocument]) -> Sequence[tuple[str, str]]:
    """Name who sent them, each once and in their order, with the language of the name; "" for no name at all."""
    return list(dict.fromkeys(wording.text_of(one.sender) for one in documents))
