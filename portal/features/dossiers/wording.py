"""Dossiers in plain words: what usually comes next, when one is closed, which steps it has.

The words for phases and statuses stand in `platform.dosis`. For a code that we do not know, pages show the body's own
words (`Detail`).
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop as _

from portal.platform.dosis import codes
from portal.platform.dosis.codes import PHASES, STATUSES, Phase, plain

from .types import Change

__all__ = ["PHASES", "STATUSES", "Phase"]

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

REFUSALS = frozenset(("OnOntvankelijk", "Geweigerd"))
AFTER_REFUSAL = _("Bent u het niet eens met die beslissing? De dienst zegt u of en hoe u in beroep gaat.")
# Statuses after which nothing more comes, for changes without a phase.
ENDS = frozenset(("OnOntvankelijk", "Stopgezet", "Geweigerd", "Betaald", "Uitgevoerd", "ErkendVergund", "Aktename"))

REFERRAL = "Verwijzing"
BENEFIT = "Financieel voordeel"
# The kinds of dossier that pages name; every other kind is a plain dossier.
KINDS: Mapping[str, str] = {REFERRAL: _("Verwijzing"), BENEFIT: _("Financieel voordeel")}


_KINDS = {plain(kind): kind for kind in KINDS}


def phase_of(change: Change) -> Phase | None:
    """Give the phase of a change; None where the body gives none, or one that we do not know."""
    return codes.phase_of(change.phase)


def status_of(change: Change) -> str:
    """Give the code of a status as DOSIS writes it; "" for one that we do not know."""
    return codes.status_of(change.status)


def kind_of(change: Change) -> str:
    """Give the kind of a dossier, REFERRAL or BENEFIT; "" for a plain dossier."""
    return _KINDS.get(plain(change.kind), "")


def sentence_of(change: Change) -> str:
    """Give our sentence for the status of a change, in Dutch; "" for a status that we do not know."""
    return STATUSES.get(status_of(change), "")


def next_of(change: Change) -> str:
    """Say in Dutch what usually comes after a phase; after a refusal, what one can do against it."""
    phase = phase_of(change)
    if phase is Phase.DECISION and status_of(change) in REFUSALS:
        return AFTER_REFUSAL
    return NEXT[phase] if phase else ""


def is_closed(change: Change) -> bool:
    """Tell whether a dossier is closed: by its phase, or else by its status."""
    phase = phase_of(change)
    return phase is Phase.CLOSED or (phase is None and not change.phase and status_of(change) in ENDS)


def phases_of(changes: Sequence[Change]) -> list[Phase]:
    """List the phases that a dossier has as steps; an appeal only where there was one."""
    was_appealed = any(phase_of(change) is Phase.APPEAL for change in changes)
    return [phase for phase in Phase if phase is not Phase.APPEAL or was_appealed]
