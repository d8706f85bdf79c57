"""The form with which a folder is added or renamed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.platform.ui.fields import TypedText

from ..arranged.arrangement import LONGEST_NAME

NAME_TAKEN = _("U hebt al een map die zo heet. Hoofdletters en accenten maken geen verschil.")


class FolderForm(forms.Form):
    """The name of a folder."""

    naam = TypedText(
        label=_("Naam van de map"), missing=_("Geef de map een naam, bijvoorbeeld Belastingen."), most=LONGEST_NAME
    )

    @property
    def name(self) -> str:
        """Give the name that was typed; after `is_valid`."""
        name: str = self.cleaned_data["naam"]
        return name
