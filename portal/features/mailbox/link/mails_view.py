"""The page of mails that a citizen was sent about their eBox."""

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
# How the page calls the news of a mail about one document.
NEWS_TITLES = {
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
    """List the mails, the newest first."""
    mails = await notifications.look_at_mails_about_ebox(request.occasion)
    context = {
        "crumbs": framing.crumbs((TITLE, "")),
        "lines": [_line(one) for one in mails.newest],
        "has_older": mails.has_older,
        "mail": await notifications.look_at_ebox_mail(request.occasion),
    }
    return framing.page(request, "mails", TITLE, context)


def _line(mail: MailAboutEbox) -> Mapping[str, Any]:
    documents = [one for one in mail.documents if one is not None]
    first = mail.documents[0]
    return {
        "at": mail.at,
        "state": mail.state,
        "why": mail.why,
        "is_of_day": mail.is_of_day,
        "count": len(mail.documents),
        "kind": NEWS_TITLES[first.news] if first is not None else UNREADABLE,
        "senders": _senders(documents),
    }


def _senders(documents: Sequence[EboxDocument]) -> Sequence[tuple[str, str]]:
    """Give the names of the senders of documents with their language, each once; ("", "") where none is known."""
    return list(dict.fromkeys(wording.text_of(one.sender) for one in documents))
