"""The form of a report, and what it says when something is not right."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.mail import addresses
from portal.platform.ui.fields import TypedText

from . import rules


class Text(TypedText):
    """A text of some lines."""

    def tidied(self, text: str) -> str:
        """Write it in one way; what is far too long is not even looked at."""
        return rules.tidied(text) if len(text) <= 4 * self.most else text

    def is_plain(self, text: str) -> bool:
        """Tell whether it holds nothing but what can be seen, and line ends."""
        return rules.is_plain(text)


class ReportForm(forms.Form):
    """What a datum should be, or what is missing; why; and where an answer may go."""

    should_be = Text(
        label=_("Wat moet het zijn?"), missing=_("Vul in wat er moet staan."), most=rules.LONGEST_SHOULD_BE
    )
    why = Text(label=_("Hoe weet u dat?"), missing=_("Vul in hoe u dat weet."), most=rules.LONGEST_WHY)
    reply_to = forms.CharField(label=_("Uw e-mailadres"), required=False)

    def __init__(self, *arguments: Any, is_missing: bool = False, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if is_missing:
            self.fields["should_be"].label = _("Wat ontbreekt er?")
            self.fields["should_be"].error_messages["required"] = _("Vul in wat er ontbreekt.")

    def clean_reply_to(self) -> str:
        """Take only what mail can be sent to."""
        address: str = self.cleaned_data["reply_to"]
        if address and not addresses.usable(address):
            raise ValidationError(
                _("Dit is geen volledig e-mailadres. Kijk het na, bijvoorbeeld naam@voorbeeld.be, of laat het leeg.")
            )
        return address
