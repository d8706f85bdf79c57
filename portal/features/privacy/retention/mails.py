"""The mail that says that what somebody gave us goes."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as _

from portal.platform.mail.types import MailContent

USEFUL_FOR = timedelta(days=14)


class ProfileGoes(MailContent, frozen=True, tag="profile_goes"):
    """Somebody was not here for almost two years. seen_on: when they last signed in; goes_on: when it goes."""

    subject = _("Wij halen binnenkort uw profiel in Mijn Burgerprofiel weg")
    words = "privacy/mail/profile_goes.txt"

    seen_on: date
    goes_on: date

    def useful_until(self, created_at: datetime) -> datetime:
        """Say how late it may come: there are still two weeks then."""
        return created_at + USEFUL_FOR
