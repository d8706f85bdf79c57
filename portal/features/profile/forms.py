"""The forms of the profile, with their messages of error."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.kit import typed_text
from portal.platform.mail import addresses
from portal.platform.sources.reading import places
from portal.platform.ui.fields import TypedText

from . import photo, rules
from .types import PostalAddress

PHOTO_REFUSED = {
    photo.PhotoFault.NOT_A_PHOTO: _(
        "Dit bestand is geen foto die wij kunnen gebruiken. Kies een foto in JPEG, PNG of WebP."
    ),
    photo.PhotoFault.HEIC: _(
        "Uw toestel bewaarde deze foto als HEIC of AVIF. Dat kunnen wij niet lezen. Bewaar de foto als JPEG en kies "
        "ze opnieuw. Op een iPhone stelt u dat in bij Instellingen, Camera, Structuren: Meest compatibel."
    ),
    photo.PhotoFault.TOO_MANY_PIXELS: _("Deze foto is te groot om te verkleinen. Kies een kleinere foto."),
    photo.PhotoFault.DAMAGED: _(
        "Wij kunnen deze foto niet lezen. Misschien is het bestand beschadigd. Kies een andere foto."
    ),
}
PHOTO_BUSY = _("Wij verwerken al een foto van u, of het is even te druk. Wacht even en verstuur uw foto dan opnieuw.")
PHOTO_TOO_LARGE = _("Uw foto is groter dan 15 MB. Kies een kleinere foto, of verklein ze eerst op uw toestel.")


class NicknameForm(forms.Form):
    """A nickname, to be confirmed on the next page."""

    nickname = TypedText(label=_("Uw roepnaam"), missing=_("Vul een roepnaam in."), most=rules.LONGEST_NICKNAME)

    def clean_nickname(self) -> str:
        """Take only what can stand in the greeting of a mail (`rules.is_nickname`)."""
        nickname: str = self.cleaned_data["nickname"]
        if not rules.is_nickname(nickname):
            raise ValidationError(
                _(
                    "Gebruik alleen letters van één alfabet, spaties, koppeltekens en apostroffen. "
                    "Begin met een letter."
                )
            )
        return nickname


class EmailForm(forms.Form):
    """An address to mail a code to.

    current: the address that it replaces, or None; the same one again is refused, as it needs no code. others: the
    citizen's other addresses, of which none is given twice.
    """

    email = TypedText(
        label=_("Uw e-mailadres"),
        missing=_("Vul een e-mailadres in."),
        most=addresses.MOST,
        read=typed_text.code,
        too_long=addresses.WORDS[addresses.AddressFault.TOO_LONG],
    )

    def __init__(
        self, *arguments: Any, current: str | None = None, others: Collection[str] = (), **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._current = current
        self._others = others

    def clean_email(self) -> str:
        """Take only what mail can be sent to."""
        try:
            email = addresses.read(self.cleaned_data["email"])
        except addresses.AddressRefused as refused:
            raise ValidationError(addresses.WORDS[refused.fault]) from None
        if self._current is not None and rules.is_written_the_same(email, self._current):
            raise ValidationError(_("Dit e-mailadres gebruiken wij al."))
        if any(rules.is_same_email(email, other) for other in self._others):
            raise ValidationError(
                _("Dit e-mailadres staat al in uw profiel. Hoofdletters of kleine letters maken geen verschil.")
            )
        return email


class CodeForm(forms.Form):
    """The code out of the mail."""

    code = TypedText(
        label=_("Code uit de mail"),
        missing=_("Vul de code uit de mail in."),
        most=20,
        read=typed_text.code,
        too_long=_("De code bestaat uit 6 cijfers."),
    )

    def clean_code(self) -> str:
        """Take six digits, also when they were typed with spaces between."""
        code = "".join(self.cleaned_data["code"].split())
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise ValidationError(_("De code bestaat uit 6 cijfers."))
        return code


class PhotoForm(forms.Form):
    """A photo; `photo.square` looks at its content."""

    photo = forms.FileField(
        label=_("Uw foto"),
        error_messages={
            "required": _("Kies een foto."),
            "missing": _("Kies een foto."),
            "invalid": _("Kies een foto."),
            "empty": _("Dit bestand is leeg. Kies een andere foto."),
        },
    )

    def clean_photo(self) -> Any:
        """Refuse a file of more than `rules.MOST_PHOTO_BYTES`."""
        upload = self.cleaned_data["photo"]
        if upload.size > rules.MOST_PHOTO_BYTES:
            raise ValidationError(PHOTO_TOO_LARGE)
        return upload


class AddressForm(forms.Form):
    """One saved address."""

    label = TypedText(
        label=_("Naam van dit adres"), missing=_("Geef dit adres een naam, bijvoorbeeld Thuis."), most=40
    )
    street = TypedText(label=_("Straat"), missing=_("Vul de straat in."), most=80)
    number = TypedText(label=_("Huisnummer"), missing=_("Vul het huisnummer in."), most=10, read=typed_text.code)
    box = TypedText(label=_("Bus"), missing="", most=10, required=False, read=typed_text.code)
    postcode = TypedText(label=_("Postcode"), missing=_("Vul de postcode in."), most=20, read=typed_text.code)
    municipality = TypedText(label=_("Gemeente"), missing=_("Vul de gemeente in."), most=60)

    def clean_number(self) -> str:
        """Take a house number only with a digit in it."""
        return self._checked(
            "number", lambda text: any(map(str.isdigit, text)), _("Een huisnummer bevat een cijfer.")
        )

    def clean_box(self) -> str:
        """Take the number of a box, without the word "bus" that people write before it."""
        return places.box_number(self.cleaned_data["box"])

    def clean_postcode(self) -> str:
        """Take a Belgian postcode."""
        return self._checked("postcode", rules.is_postcode, _("Een postcode bestaat uit 4 cijfers, zoals 9000."))

    def clean_street(self) -> str:
        """Take a name with letters in it."""
        return self._checked("street", _has_letter, _("Vul de naam van de straat in."))

    def clean_municipality(self) -> str:
        """Take a name with letters in it."""
        return self._checked("municipality", _has_letter, _("Vul de naam van de gemeente in."))

    def address(self) -> PostalAddress:
        """Give what was entered; after `is_valid`."""
        return PostalAddress(**self.cleaned_data)

    def _checked(self, name: str, is_right: Callable[[str], bool], otherwise: Any) -> str:
        text: str = self.cleaned_data[name]
        if not is_right(text):
            raise ValidationError(otherwise)
        return text


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))
