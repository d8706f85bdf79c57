"""The rules of the wizard that says what a certificate is worth in another country: its questions and outcomes.

No I/O and no personal data: it asks for the country and, within the Union, for the kind of certificate. Elsewhere the
kind makes no difference: in Belgium all are accepted, and outside the Union the country itself decides.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_noop as _


class Destination(StrEnum):
    """Where the certificate is needed; the values stand in addresses."""

    BELGIUM = "belgie"
    UNION = "eu"
    ELSEWHERE = "elders"


class PaperKind(StrEnum):
    """What the certificate says, as far as that matters in the Union; the values stand in addresses.

    MARRIAGE: a certificate of residence made for whoever is going to marry, apart from RESIDENCE.
    """

    ALIVE = "leven"
    RESIDENCE = "hoofdverblijfplaats"
    MARRIAGE = "huwelijk"
    PARTNERSHIP = "samenwoning"
    NATIONALITY = "nationaliteit"
    OTHER = "ander"


WHERE: Mapping[Destination, str] = {
    Destination.BELGIUM: _("In België"),
    Destination.UNION: _("In een ander land van de Europese Unie"),
    Destination.ELSEWHERE: _("In een land buiten de Europese Unie"),
}
PAPERS: Mapping[PaperKind, str] = {
    PaperKind.ALIVE: _("Dat iemand in leven is"),
    PaperKind.RESIDENCE: _("Waar iemand woont (hoofdverblijfplaats)"),
    PaperKind.MARRIAGE: _("Waar iemand verblijft, om te trouwen"),
    PaperKind.PARTNERSHIP: _("Dat iemand wettelijk samenwoont"),
    PaperKind.NATIONALITY: _("Welke nationaliteit iemand heeft"),
    PaperKind.OTHER: _("Iets anders, zoals de samenstelling van het gezin"),
}
# Kinds for which Belgium issues a multilingual standard form (Regulation (EU) 2016/1191, article 7).
WITH_FORM = frozenset((PaperKind.ALIVE, PaperKind.RESIDENCE, PaperKind.MARRIAGE, PaperKind.PARTNERSHIP))
# Kinds that need no apostille within the Union (articles 2 and 4 of that regulation).
WITHOUT_APOSTILLE = WITH_FORM | {PaperKind.NATIONALITY}


class WizardAnswers(NamedTuple):
    """The answers so far; None for a question that was not answered yet."""

    where: Destination | None = None
    paper: PaperKind | None = None

    @property
    def step(self) -> str:
        """Name the next question, as its parameter in the address ("waar", "attest"); "" when none is left."""
        if self.where is None:
            return "waar"
        return "attest" if self.where is Destination.UNION and self.paper is None else ""

    @property
    def has_form(self) -> bool:
        """Tell whether there is a multilingual form for this kind; of use only where it is for the Union."""
        return self.paper in WITH_FORM

    @property
    def needs_no_apostille(self) -> bool:
        """Tell whether this kind is accepted within the Union without an apostille."""
        return self.paper in WITHOUT_APOSTILLE


def answers_of(query: Mapping[str, str]) -> WizardAnswers:
    """Read the answers from the query of an address (`waar`, `attest`); one that makes no sense is None."""
    where, paper = query.get("waar", ""), query.get("attest", "")
    return WizardAnswers(
        Destination(where) if where in list(Destination) else None,
        PaperKind(paper) if paper in list(PaperKind) else None,
    )
