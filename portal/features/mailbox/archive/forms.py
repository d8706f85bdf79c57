"""The form with which somebody begins an archive."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ArchiveForm(forms.Form):
    """The yes."""

    akkoord = forms.BooleanField(
        label=_("Ja, bewaar de kopieën die ik kies in mijn eigen archief."),
        error_messages={"required": _("Vink aan dat u een archief wilt. Zonder uw toestemming bewaren wij niets.")},
    )
