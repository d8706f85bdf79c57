"""The codes of a dossier's phases and statuses in DOSIS, and the words that people read for them.

The statuses after `ErkendVergund` are not in the list of DOSIS, but occur in published answers of bodies. Bodies
write some codes in capitals with underscores.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from portal.platform.kit.folding import fold


class Phase(StrEnum):
    """The phases, in the order in which a dossier goes through them."""

    COMPOSING = "Samenstelling"
    HANDLING = "Behandeling"
    DECISION = "Beslissing"
    APPEAL = "Beroep"
    CARRYING_OUT = "Uitvoering"
    CLOSED = "Afgerond"


PHASES: Mapping[Phase, str] = {
    Phase.COMPOSING: _("Aanvraag"),
    Phase.HANDLING: _("Onderzoek"),
    Phase.DECISION: _("Beslissing"),
    Phase.APPEAL: _("Beroep"),
    Phase.CARRYING_OUT: _("Uitvoering"),
    Phase.CLOSED: _("Afgerond"),
}
STATUSES: Mapping[str, str] = {
    "Geinitieerd": _("Uw dossier is aangemaakt. De aanvraag is nog niet ingediend."),
    "Aangevraagd": _("U hebt dit aangevraagd."),
    "Ingediend": _("Uw aanvraag is ingediend. De dienst heeft ze ontvangen."),
    "DossierOnvolledig": _("Uw dossier is nog niet volledig: de dienst mist iets."),
    "DossierVolledig": _("Uw dossier is volledig: de dienst heeft alles wat hij nodig heeft."),
    "Ontvankelijk": _("De dienst neemt uw aanvraag in behandeling: ze voldoet aan de eerste voorwaarden."),
    "OnOntvankelijk": _(
        "De dienst neemt uw aanvraag niet in behandeling: ze voldoet niet aan de eerste voorwaarden."
    ),
    "InBehandeling": _("De dienst behandelt uw dossier."),
    "KlaarVoorBeslissing": _("Het onderzoek is klaar. De dienst moet nog beslissen."),
    "InWacht": _("Uw dossier wacht. De dienst gaat verder zodra dat kan."),
    "Beslist": _("De dienst heeft een beslissing genomen."),
    "Goedgekeurd": _("Uw aanvraag is goedgekeurd."),
    "DeelsGoedgekeurd": _("Uw aanvraag is voor een deel goedgekeurd."),
    "Stopgezet": _("Uw dossier is stopgezet."),
    "Stopzetting": _("Uw dossier wordt stopgezet."),
    "Geweigerd": _("Uw aanvraag is geweigerd."),
    "KlaarVoorBetaling": _("De betaling is klaar om te vertrekken."),
    "Betaald": _("De dienst heeft betaald."),
    "DeelsUitbetaald": _("De dienst heeft een deel betaald. De rest volgt nog."),
    "Uitgevoerd": _("De beslissing is uitgevoerd."),
    "ErkendVergund": _("U hebt de erkenning of de vergunning gekregen."),
    "Gepland": _("Dit is gepland."),
    "VoorlopigVastgesteld": _("Dit is voorlopig vastgesteld. Het kan nog veranderen."),
    "DefinitiefVastgesteld": _("Dit is definitief vastgesteld."),
    "InOpenbaarOnderzoek": _("Er loopt een openbaar onderzoek: iedereen kan het dossier inkijken en erop reageren."),
    "GerechtelijkIngeleid": _("De zaak is bij het gerecht ingeleid."),
    "Aktename": _("De dienst heeft uw melding geregistreerd (aktename)."),
}


def plain(code: str) -> str:
    """Normalise a code for comparison: without case, accents, underscores, hyphens and spaces."""
    return fold(code).replace("_", "").replace("-", "").replace(" ", "")


_STATUSES = {plain(code): code for code in STATUSES}
_PHASES = {plain(phase): phase for phase in Phase}


def phase_of(code: str) -> Phase | None:
    """Find a phase by what a body writes; None where it writes none, or one that we do not know."""
    return _PHASES.get(plain(code))


def status_of(code: str) -> str:
    """Find a status by what a body writes, and give its code in DOSIS; "" for one that we do not know."""
    return _STATUSES.get(plain(code), "")
