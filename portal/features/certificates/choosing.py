"""What somebody chose to have together: keys of offers and a language, kept by the page alone."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.platform.access import carried
from portal.platform.access.types import SignedInRequest

MOST = 20  # that can be had together
PURPOSE = b"choice of certificates"
LONGEST = 100  # characters of a key
# In the address of the page to choose on: nothing was chosen, too much, or only what is no longer there.
MISTAKES = ("geen", "te-veel", "weg")


class CertificateChoice(NamedTuple):
    """Keys of offers in the order in which they were chosen, and the language that they should be in."""

    keys: tuple[str, ...] = ()
    language: str = "nl"

    def language_of(self, languages: Sequence[str]) -> str:
        """Give the language for one that can be had in some: the one that was chosen, or else the first."""
        return self.language if self.language in languages else languages[0]


def of_form(request: SignedInRequest) -> CertificateChoice:
    """Read a choice from the form that was sent."""
    keys = dict.fromkeys(key for key in request.POST.getlist("attest") if 0 < len(key) <= LONGEST)
    return CertificateChoice(tuple(keys), request.POST.get("taal", "nl")[:2])


def of_address(request: SignedInRequest) -> CertificateChoice:
    """Read a choice from an address; an empty one where it means nothing in this session."""
    return (
        carried.unseal(CertificateChoice, request.session, PURPOSE, request.GET.get("keuze", ""))
        or CertificateChoice()
    )


def seal(request: SignedInRequest, choice: CertificateChoice) -> str:
    """Write a choice for an address, where it says nothing to anybody else."""
    return carried.seal(request.session, PURPOSE, choice)
