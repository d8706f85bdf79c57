"""Describe what the portal reads in an answer of GeefDossiers from a file, for `manage.py parse`."""

from collections.abc import Mapping
from typing import Any

from portal.platform.sources.reading.outcomes import Down, Partial, Ready, name_of

from . import inquiries
from .inquiries import DossierOutcome
from .types import Dossier

inquiry_about = inquiries.inquiry_about


def describe(outcome: DossierOutcome) -> Mapping[str, Any]:
    """Describe the outcome of reading an answer, as one record of JSON; `reason` is null unless it is `Down`."""
    value = outcome.value if isinstance(outcome, Ready | Partial) else None
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    reason = f"{outcome.reason}: {outcome.detail}".rstrip(": ") if isinstance(outcome, Down) else None
    return {
        "outcome": name_of(outcome),
        "dossiers": [_dossier(part) for part in value.found] if value else [],
        "hidden": value.hidden if value else 0,
        "missing": [{"origin": part.origin, "code": part.code, "reason": part.reason} for part in missing],
        "reason": reason,
    }


def _dossier(dossier: Dossier) -> Mapping[str, Any]:
    newest = dossier.newest
    return {
        "source": dossier.source,
        "number": dossier.number,
        "name": newest.name,
        "kind": newest.kind,
        "phase": newest.phase,
        "status": newest.status,
        "changed_on": newest.day,
        "action": newest.needs_action,
        "history": len(dossier.changes),
    }
