"""Phases and statuses of dossiers in plain words: what each means, and what usually comes next.

The codes are those of DOSIS, the Flemish exchange of the statuses of dossiers; those after `ErkendVergund` stand in
its published answers only. Bodies write some in capitals with underscores. A code that is not here is said in the
body's own words for it (`Detail`).
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from portal.platform.kit.folding import folded

from .types import Change


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
NEXT: Mapping[Phase, str] = {
    Phase.COMPOSING: _("Meestal kijkt de dienst daarna na of uw aanvraag volledig is, en onderzoekt hij ze."),
    Phase.HANDLING: _("Meestal neemt de dienst daarna een beslissing. Ontbreekt er iets, dan vraagt hij het u."),
    Phase.DECISION: _(
        "Meestal voert de dienst de beslissing daarna uit, bijvoorbeeld met een betaling. Bent u het niet eens met "
        "de beslissing? De dienst zegt u hoe u in beroep gaat."
    ),
    Phase.APPEAL: _(
        "Meestal bekijkt de dienst, of een andere instantie, uw dossier opnieuw. Dan volgt een nieuwe beslissing."
    ),
    Phase.CARRYING_OUT: _("Meestal sluit de dienst uw dossier af zodra alles uitgevoerd of betaald is."),
    Phase.CLOSED: _("Dit dossier is afgerond. Hebt u er nog een vraag over? Neem dan contact op met de dienst."),
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
REFUSALS = frozenset(("OnOntvankelijk", "Geweigerd"))
AFTER_REFUSAL = _("Bent u het niet eens met die beslissing? De dienst zegt u of en hoe u in beroep gaat.")
# Where no phase is said, what says that nothing more will come.
ENDS = frozenset(("OnOntvankelijk", "Stopgezet", "Geweigerd", "Betaald", "Uitgevoerd", "ErkendVergund", "Aktename"))

REFERRAL = "Verwijzing"
BENEFIT = "Financieel voordeel"
# What a dossier is, where that is more than a dossier.
KINDS: Mapping[str, str] = {REFERRAL: _("Verwijzing"), BENEFIT: _("Financieel voordeel")}


def _plain(code: str) -> str:
    return folded(code).replace("_", "").replace("-", "").replace(" ", "")


_STATUSES = {_plain(code): code for code in STATUSES}
_PHASES = {_plain(phase): phase for phase in Phase}
_KINDS = {_plain(kind): kind for kind in KINDS}


def phase_of(change: Change) -> Phase | None:
    """Tell in which phase a dossier was; None for one that the body does not say, or that we do not know."""
    return _PHASES.get(_plain(change.phase))


def status_of(change: Change) -> str:
    """Give the code of a status as DOSIS writes it; "" for one that we do not know."""
    return _STATUSES.get(_plain(change.status), "")


def kind_of(change: Change) -> str:
    """Tell what a dossier is, "Verwijzing" or "Financieel voordeel"; "" for a dossier."""
    return _KINDS.get(_plain(change.kind), "")


def sentence_of(change: Change) -> str:
    """Say a status in a sentence of ours, in Dutch; "" where only the body's own words say it."""
    return STATUSES.get(status_of(change), "")


def next_of(change: Change) -> str:
    """Say what usually comes after a phase, in Dutch; nothing is carried out or paid of what was refused."""
    phase = phase_of(change)
    if phase is Phase.DECISION and status_of(change) in REFUSALS:
        return AFTER_REFUSAL
    return NEXT[phase] if phase else ""


def is_closed(change: Change) -> bool:
    """Tell whether nothing more will come of a dossier."""
    phase = phase_of(change)
    return phase is Phase.CLOSED or (phase is None and not change.phase and status_of(change) in ENDS)


def phases_of(changes: Sequence[Change]) -> list[Phase]:
    """List the phases that a dossier has as steps; an appeal only where there was one."""
    was_appealed = any(phase_of(change) is Phase.APPEAL for change in changes)
    return [phase for phase in Phase if phase is not Phase.APPEAL or was_appealed]
