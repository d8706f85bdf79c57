"""Form fields that several features need."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.kit import typed_text

TOO_LONG = _("Gebruik hoogstens %(most)s tekens. U gebruikte er %(used)s.")


class TypedText(forms.CharField):
    """A text that somebody typed, normalised by `typed_text`.

    missing, too_long: the messages for an empty text and for one of more than `most` characters. read: how it is
    normalised, `typed_text.line`, `lines` or `code`.
    """

    def __init__(
        self,
        *,
        missing: Any,
        most: int,
        read: Callable[..., str] = typed_text.line,
        too_long: Any = TOO_LONG,
        **options: Any,
    ) -> None:
        self.most = most
        self.read = read
        self.too_long = too_long
        super().__init__(strip=False, error_messages={"required": missing}, **options)

    def to_python(self, value: Any) -> str:
        """Normalise the text before validation, so that spaces alone count as empty."""
        try:
            return self.read(super().to_python(value) or "", most=self.most)
        except typed_text.TooLong as error:
            raise ValidationError(self.too_long, params={"most": self.most, "used": error.used}) from None
