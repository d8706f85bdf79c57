"""The form with which a citizen links their eBox."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.features.notifications.types import EboxMail
from portal.features.profile.types import VerifiedEmail
from portal.platform.kit import domain_name

from .. import rules
from ..consent_form import ConsentForm

GONE = _("Dit adres staat niet meer in uw profiel. Kies een ander.")


class LinkForm(ConsentForm):
    """The consent, with the e-mail address for news of the eBox, unless one address was chosen for all services."""

    text = rules.CONSENT

    def __init__(self, *arguments: Any, mail: EboxMail, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not mail.is_for_all:
            self.fields["email"] = forms.ChoiceField(
                label=_("Op welk e-mailadres?"),
                choices=_write(mail.emails),
                initial=str(_first_choice(mail)),
                error_messages={"required": _("Kies een e-mailadres."), "invalid_choice": GONE},
            )
        self.fields["akkoord"] = forms.BooleanField(
            label=_("Ja, ik wil mijn eBox koppelen aan Mijn Burgerprofiel."),
            error_messages={"required": _("Vink aan dat u wilt koppelen. Zonder uw toestemming koppelen wij niet.")},
        )

    @property
    def email_id(self) -> UUID | None:
        """Give the id of the chosen address; None where one address holds for all services. After `is_valid`."""
        chosen = self.cleaned_data.get("email")
        return UUID(chosen) if chosen else None


def _first_choice(mail: EboxMail) -> UUID | None:
    if mail.address is not None:
        return mail.email_id
    return next((email.id for email in mail.emails), None)


def _write(emails: Sequence[VerifiedEmail]) -> list[tuple[str, str]]:
    return [(str(email.id), domain_name.address_to_unicode(email.address)) for email in emails]
