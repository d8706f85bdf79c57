"""The form of a request, with its messages of error."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.kit import typed_text
from portal.platform.mail.fields import AnswerAddress
from portal.platform.ui.fields import TypedText

from . import rules


class RequestForm(forms.Form):
    """What a citizen asks, and the e-mail address to which an answer may go."""

    about = TypedText(
        label=_("Wat vraagt u precies?"),
        missing=_("Schrijf op wat u vraagt."),
        most=rules.LONGEST_ABOUT,
        read=typed_text.lines,
    )
    reply_to = AnswerAddress()

    def clean_about(self) -> str:
        """Refuse a national number: mail is not safe for it, and the citizen is known without it."""
        typed: str = self.cleaned_data["about"]
        if rules.has_national_number(typed):
            raise ValidationError(
                _("In uw tekst staat een rijksregisternummer. Haal het weg: een e-mail is daar niet veilig voor.")
            )
        return typed
