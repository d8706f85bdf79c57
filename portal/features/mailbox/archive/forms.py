"""The form with which a citizen begins an archive."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..consent_form import ConsentForm
from ..copies import consent


class ArchiveForm(ConsentForm):
    """The consent to an archive."""

    text = consent.CONSENT

    akkoord = forms.BooleanField(
        label=_("Ja, bewaar de kopieën die ik kies in mijn eigen archief."),
        error_messages={"required": _("Vink aan dat u een archief wilt. Zonder uw toestemming bewaren wij niets.")},
    )
