"""The form with which somebody has everything erased."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    """The box to tick, so that one press alone erases nothing."""

    akkoord = forms.BooleanField(
        label=_("Ja, wis alles. Ik weet dat dit niet ongedaan kan worden gemaakt."),
        error_messages={"required": _("Vink aan dat u alles wilt wissen. Anders wissen wij niets.")},
    )
