"""The kinds of mail about notices. They name the body and the service, and nothing of the content of a notice.

A mail about a document of the eBox names its sender and what happened, never its subject.
"""

from typing import Annotated

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.mail.types import MailContent

from .types import EboxNews


class NewsOfOne(MailContent, frozen=True, tag="notice"):
    """The mail about one notice. body, service: their names, as the page of the notice has them."""

    subject = _("Nieuws over een dienst in Mijn Burgerprofiel")
    words = "notifications/mail/notice.txt"

    body: str
    service: str


class NewsOfDocument(MailContent, frozen=True, tag="ebox_document"):
    """The mail about one document of the eBox. news: what happened; sender: a name."""

    subject = _("Nieuws over uw eBox in Mijn Burgerprofiel")
    words = "notifications/mail/document.txt"

    news: EboxNews
    sender: str


class ServiceCount(msgspec.Struct, frozen=True):
    """How many notices of a service a mail of the day is about."""

    body: str
    service: str
    count: Annotated[int, msgspec.Meta(ge=1)]


class NewsOfDay(MailContent, frozen=True, tag="notices_of_day"):
    """The mail of the day: all notices since the one before, counted by service."""

    subject = _("Nieuws van vandaag in Mijn Burgerprofiel")
    words = "notifications/mail/day.txt"

    services: tuple[ServiceCount, ...]
