"""What a certificate is worth where somebody needs it (row D5): the steps of a short wizard, and what each leads to.

No I/O, and nothing of anybody: where, and which kind of paper.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_noop as _


class Destination(StrEnum):
    """Where somebody needs it; the values stand in addresses."""

    BELGIUM = "belgie"
    UNION = "eu"
    ELSEWHERE = "elders"


class PaperKind(StrEnum):
    """What it says, as far as it matters abroad."""

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
# Those for which Belgium hands out a multilingual standard form (Regulation (EU) 2016/1191, article 7).
WITH_FORM = frozenset((PaperKind.ALIVE, PaperKind.RESIDENCE, PaperKind.MARRIAGE, PaperKind.PARTNERSHIP))
# Those that need no apostille within the Union (article 2 of the same).
WITHOUT_APOSTILLE = WITH_FORM | {PaperKind.NATIONALITY}


class WizardAnswers(NamedTuple):
    """What somebody answered so far; None for what was not asked yet, or makes no sense."""

    where: Destination | None = None
    paper: PaperKind | None = None

    @property
    def step(self) -> str:
        """Name the next question, "" when there is none left."""
        if self.where is None:
            return "waar"
        return "attest" if self.where is Destination.UNION and self.paper is None else ""

    @property
    def has_form(self) -> bool:
        """Tell whether there is a multilingual form for it."""
        return self.paper in WITH_FORM

    @property
    def needs_no_apostille(self) -> bool:
        """Tell whether it is accepted within the Union without one."""
        return self.paper in WITHOUT_APOSTILLE


def answers_of(query: Mapping[str, str]) -> WizardAnswers:
    """Read what was answered from the query of an address."""
    where, paper = query.get("waar", ""), query.get("attest", "")
    return WizardAnswers(
        Destination(where) if where in list(Destination) else None,
        PaperKind(paper) if paper in list(PaperKind) else None,
    )
