"""Form fields that several features need."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class TypedText(forms.CharField):
    """What somebody typed, tidied; says what is missing or too long in the words of its own field.

    A feature says how it tidies, and what it takes as text that can be seen.
    """

    def __init__(self, *, missing: Any, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(strip=False, error_messages={"required": missing}, **options)

    def tidied(self, text: str) -> str:
        """Write a text in one way."""
        raise NotImplementedError

    def is_plain(self, text: str) -> bool:
        """Tell whether a text holds nothing but what can be seen."""
        raise NotImplementedError

    def to_python(self, value: Any) -> str:
        """Tidy before anything is judged: spaces alone are nothing."""
        return self.tidied(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse what is missing, too long, or cannot be seen."""
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                _("Gebruik hoogstens %(most)s tekens. U gebruikte er %(used)s."),
                params={"most": self.most, "used": len(value)},
            )
        if not self.is_plain(value):
            raise ValidationError(_("Hier staat een teken dat niet te zien is. Typ de tekst opnieuw."))
