"""The form of a report, and what it says when something is not right."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.mail import addresses

from . import rules


class Text(forms.CharField):
    """A text of some lines, tidied; says what is missing or too long in the words of its own field."""

    def __init__(self, *, missing: Any, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(strip=False, error_messages={"required": missing}, **options)

    def to_python(self, value: Any) -> str:
        """Tidy before anything is judged: spaces alone are nothing. What is far too long is not even looked at."""
        text = str(super().to_python(value) or "")
        return rules.tidied(text) if len(text) <= 4 * self.most else text

    def validate(self, value: str) -> None:
        """Refuse what is missing, too long, or cannot be seen."""
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                _("Gebruik hoogstens %(most)s tekens. U gebruikte er %(used)s."),
                params={"most": self.most, "used": len(value)},
            )
        if not rules.is_plain(value):
            raise ValidationError(_("Hier staat een teken dat niet te zien is. Typ de tekst opnieuw."))


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
