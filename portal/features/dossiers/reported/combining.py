"""Combine the dossiers of the live answer with the reported ones; where a dossier is in both, the live one counts."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from portal.platform.kit.folding import fold

from .. import rules, wording
from ..types import Change, Dossier
from .types import ReportedDossier

log = logging.getLogger("portal.dossiers")


class CombinedDossiers(NamedTuple):
    """The dossiers of a page; reported: those that were only reported, by their identity (`rules.identity_of`)."""

    dossiers: Sequence[Dossier]
    reported: Mapping[bytes, ReportedDossier]


def combine(
    live: Sequence[Dossier], reported: Sequence[ReportedDossier], withheld: Collection[tuple[str, str]] = ()
) -> CombinedDossiers:
    """Add the reported dossiers that no live answer has, the newest first; log how often the two differ.

    withheld: the dossiers that the citizen may not see by the live answer (`Dossiers.withheld`); no report shows one.
    """
    withheld = frozenset(withheld)
    live_by_identity = {rules.identity_of(dossier): dossier for dossier in live}
    only_reported: dict[bytes, ReportedDossier] = {}
    differ: Counter[tuple[str, str]] = Counter()
    for report in reported:
        identity = rules.identity_of(report.dossier)
        if rules.key_of(report.dossier) in withheld:
            differ[report.body, "who may see it"] += 1
        elif answered := live_by_identity.get(identity):
            differ.update((report.body, aspect) for aspect in _differences(answered, report.dossier))
        else:
            only_reported.setdefault(identity, report)
    for (body, aspect), count in sorted(differ.items()):
        # The log has counts by body, never a dossier or a person.
        log.warning("reported otherwise than answered: %s, %s of %d", body, aspect, count)
    if not only_reported:
        return CombinedDossiers(live, {})
    dossiers = [*live, *(report.dossier for report in only_reported.values())]
    dossiers.sort(key=lambda dossier: (dossier.newest.day, dossier.newest.time), reverse=True)
    return CombinedDossiers(dossiers, only_reported)


def _differences(live: Dossier, reported: Dossier) -> list[str]:
    live_change, reported_change = live.newest, reported.newest
    pairs = {
        "status": (_status_of(live_change), _status_of(reported_change)),
        "phase": (wording.phase_of(live_change), wording.phase_of(reported_change)),
        "action": (live_change.needs_action, reported_change.needs_action),
    }
    return [aspect for aspect, (from_live, from_report) in pairs.items() if from_live != from_report]


def _status_of(change: Change) -> str:
    return wording.status_of(change) or fold(change.status)
