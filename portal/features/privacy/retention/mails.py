"""The mail that announces that what a citizen gave us will be deleted."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as _

from portal.platform.mail.types import MailContent

USEFUL_FOR = timedelta(days=14)


class ProfileGoes(MailContent, frozen=True, tag="profile_goes"):
    """The citizen did not sign in for almost two years. seen_on: their last sign-in; goes_on: the day of deletion."""

    subject = _("Wij halen binnenkort uw profiel in Mijn Burgerprofiel weg")
    words = "privacy/mail/profile_goes.txt"

    seen_on: date
    goes_on: date

    def useful_until(self, created_at: datetime) -> datetime:
        """Give until when the mail may be sent: two weeks before the deletion at the latest."""
        return created_at + USEFUL_FOR
