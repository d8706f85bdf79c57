"""A form by which a citizen agrees to a text of the mailbox."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

CHANGED = _("Deze pagina is vernieuwd sinds u ze opende. Lees de tekst opnieuw, en vink dan aan.")


class ConsentForm(forms.Form):
    """A form with a tick, `akkoord`, which counts only for the text that its page showed.

    text: the name of the text that is agreed to now; the page carries it as `tekst`.
    """

    text: ClassVar[str]

    def clean(self) -> dict[str, Any]:
        """Refuse a tick that was put below another text: a tab may have been open since before a release."""
        if self.cleaned_data.get("akkoord") and self.data.get("tekst") != self.text:
            self.add_error("akkoord", CHANGED)
        return self.cleaned_data
