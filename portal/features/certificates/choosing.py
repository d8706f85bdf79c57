"""The choice of several certificates: keys of offers and a language, which the page alone keeps."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.platform.access import carried
from portal.platform.access.types import SignedInRequest

MOST = 20  # certificates in one ZIP
PURPOSE = b"choice of certificates"
LONGEST = 100  # characters of a key
# Parameters of the page to choose on: nothing was chosen, too many, only what is not offered any more, or only what
# bodies offer that did not answer.
MISTAKES = ("geen", "te-veel", "weg", "stil")


class CertificateChoice(NamedTuple):
    """Keys of offers in the order in which they were chosen, and the language that they should be in."""

    keys: tuple[str, ...] = ()
    language: str = "nl"

    def language_of(self, languages: Sequence[str]) -> str:
        """Give the language for a certificate that exists in `languages`: the chosen one, or else the first."""
        return self.language if self.language in languages else languages[0]


def of_form(request: SignedInRequest) -> CertificateChoice:
    """Read a choice from the form that was sent."""
    keys = dict.fromkeys(key for key in request.POST.getlist("attest") if 0 < len(key) <= LONGEST)
    return CertificateChoice(tuple(keys), request.POST.get("taal", "nl")[:2])


def of_address(request: SignedInRequest) -> CertificateChoice:
    """Read a choice from the sealed parameter of an address; an empty choice where this session did not seal it."""
    return (
        carried.unseal(CertificateChoice, request.session, PURPOSE, request.GET.get("keuze", ""))
        or CertificateChoice()
    )


def seal(request: SignedInRequest, choice: CertificateChoice) -> str:
    """Seal a choice for an address, in which nobody else can read it."""
    return carried.seal(request.session, PURPOSE, choice)
