"""Nouns of mail: a message and its content. Each kind of mail is a subclass of `MailContent`."""

from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from portal.platform.kit.unprinted import Unprinted

# News that comes later than this frightens more than it helps.
NEWS_FOR = timedelta(days=3)


class MailContent(msgspec.Struct, frozen=True):
    """The content of a mail. A feature declares a subclass for each kind of mail (`Feature.mails`).

    The msgspec `tag` of a subclass says in the outbox which kind it is.
    subject: in Dutch, with nothing personal in it.
    words:   the name of the template of its paragraphs ("profile/mail/new_device.txt"), which empty lines separate.
             Its variables are the fields of the subclass. A field that is a text comes on one line, without links,
             cut to 60 characters (`rules.plain_line`); a text deeper within a field comes as it is.
    """

    subject: ClassVar[str]
    words: ClassVar[str]

    @property
    def large(self) -> str:
        """Give the paragraph that is shown in large letters, such as a code; "" for none."""
        return ""

    @property
    def is_sound(self) -> bool:
        """Tell whether its fields can make a mail; one that is not sound is refused (`rules.check`)."""
        return True

    def useful_until(self, created_at: datetime) -> datetime:
        """Give the moment after which a mail written at `created_at` is not sent any more."""
        return created_at + NEWS_FOR


class MailMessage(Unprinted, frozen=True):
    """One mail to one person. Its `repr` shows nothing, so that no log does.

    to:       an address that `addresses.is_usable` accepts.
    nickname: confirmed by the citizen; "": the mail has no greeting, as the help promises.
    """

    to: str
    nickname: str
    content: MailContent
