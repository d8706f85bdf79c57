"""The mails about notices: of one, and of a day. Of the notice they say the body and the service, and no more."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.mail.types import Content


class NewsOfOne(Content, frozen=True, tag="notice"):
    """Something changed. body, service: by the names under which the melding stands on its page."""

    subject = _("Nieuws over een dienst in Mijn Burgerprofiel")
    words = "notifications/mail/notice.txt"

    body: str
    service: str


class Counted(msgspec.Struct, frozen=True):
    """How many meldingen there are of a service."""

    body: str
    service: str
    count: Annotated[int, msgspec.Meta(ge=1)]


class NewsOfDay(Content, frozen=True, tag="notices_of_day"):
    """All that changed since the mail of the day before, counted by service."""

    subject = _("Nieuws van vandaag in Mijn Burgerprofiel")
    words = "notifications/mail/day.txt"

    services: tuple[Counted, ...]
