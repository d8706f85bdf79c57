"""The form of a report, with its messages of error."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.platform.kit import typed_text
from portal.platform.mail.fields import AnswerAddress
from portal.platform.ui.fields import TypedText

from . import rules


class ReportForm(forms.Form):
    """What a datum should be (is_missing: what is missing), how the citizen knows, and where an answer may go."""

    should_be = TypedText(
        label=_("Wat moet het zijn?"),
        missing=_("Vul in wat er moet staan."),
        most=rules.LONGEST_SHOULD_BE,
        read=typed_text.lines,
    )
    why = TypedText(
        label=_("Hoe weet u dat?"), missing=_("Vul in hoe u dat weet."), most=rules.LONGEST_WHY, read=typed_text.lines
    )
    reply_to = AnswerAddress()

    def __init__(self, *arguments: Any, is_missing: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if is_missing:
            self.fields["should_be"].label = _("Wat ontbreekt er?")
            self.fields["should_be"].error_messages["required"] = _("Vul in wat er ontbreekt.")
