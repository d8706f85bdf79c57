"""The form field for an e-mail address that may be left empty."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.platform.kit import typed_text
from portal.platform.ui.fields import TypedText

from . import addresses


class AnswerAddress(TypedText):
    """A field for the address to which an answer may be mailed; it may be left empty."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Uw e-mailadres"),
            missing="",
            most=addresses.MOST,
            read=typed_text.code,
            too_long=addresses.WORDS[addresses.AddressFault.TOO_LONG],
            required=False,
        )

    def clean(self, value: Any) -> str:
        """Give the address, "" when it was left empty; raise ValidationError when no mail can be sent to it."""
        typed: str = super().clean(value)
        try:
            return addresses.read(typed) if typed else ""
        except addresses.AddressRefused as refused:
            raise ValidationError(
                format_lazy("{} {}", addresses.WORDS[refused.fault], _("U mag dit ook leeg laten."))
            ) from None
