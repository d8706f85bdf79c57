"""The mails about notices: of one, and of a day. Of the notice they say the body and the service, and no more.

Of a document of the eBox they say its sender and what happened, never its subject.
"""

from typing import Annotated

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.mail.types import MailContent

from .types import EboxNews


class NewsOfOne(MailContent, frozen=True, tag="notice"):
    """Something changed. body, service: by the names under which the melding stands on its page."""

    subject = _("Nieuws over een dienst in Mijn Burgerprofiel")
    words = "notifications/mail/notice.txt"

    body: str
    service: str


class NewsOfDocument(MailContent, frozen=True, tag="ebox_document"):
    """Something happened to a document of the eBox. news: what, in the words of its notice; sender: a name."""

    subject = _("Nieuws over uw eBox in Mijn Burgerprofiel")
    words = "notifications/mail/document.txt"

    news: EboxNews
    sender: str


class Counted(msgspec.Struct, frozen=True):
    """How many meldingen there are of a service."""

    body: str
    service: str
    count: Annotated[int, msgspec.Meta(ge=1)]


class NewsOfDay(MailContent, frozen=True, tag="notices_of_day"):
    """All that changed since the mail of the day before, counted by service."""

    subject = _("Nieuws van vandaag in Mijn Burgerprofiel")
    words = "notifications/mail/day.txt"

    services: tuple[Counted, ...]
