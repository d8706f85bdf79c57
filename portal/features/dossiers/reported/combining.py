"""Put what was reported beside what was asked live: where both are there, the live one counts."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from portal.platform.kit.folding import fold

from .. import rules, wording
from ..types import Change, Dossier
from .types import Reported

log = logging.getLogger("portal.dossiers")


class Combined(NamedTuple):
    """The dossiers of a page; reported: those that were only reported, by their identity (`rules.identity_of`)."""

    dossiers: Sequence[Dossier]
    reported: Mapping[bytes, Reported]


def combine(
    live: Sequence[Dossier], reported: Sequence[Reported], withheld: Collection[tuple[str, str]] = ()
) -> Combined:
    """Add what nobody answered live, the newest first; log how often what a body reported differs from its answer.

    withheld: what the live answer keeps from the citizen (`Dossiers.withheld`), which no report shows either.
    """
    known = {rules.identity_of(dossier): dossier for dossier in live}
    alone: dict[bytes, Reported] = {}
    differ: Counter[tuple[str, str]] = Counter()
    for one in reported:
        identity = rules.identity_of(one.dossier)
        if rules.key_of(one.dossier) in withheld:
            differ[one.body, "who may see it"] += 1
        elif answered := known.get(identity):
            differ.update((one.body, what) for what in _differences(answered, one.dossier))
        else:
            alone.setdefault(identity, one)
    for (body, what), count in sorted(differ.items()):
        # How many and whose, never which or of whom.
        log.warning("reported otherwise than answered: %s, %s of %d", body, what, count)
    if not alone:
        return Combined(live, {})
    every = [*live, *(one.dossier for one in alone.values())]
    every.sort(key=lambda dossier: (dossier.newest.day, dossier.newest.time), reverse=True)
    return Combined(every, alone)


def _differences(live: Dossier, reported: Dossier) -> list[str]:
    one, other = live.newest, reported.newest
    compared = {
        "status": (_status_of(one), _status_of(other)),
        "phase": (wording.phase_of(one), wording.phase_of(other)),
        "action": (one.needs_action, other.needs_action),
    }
    return [what for what, (answered, told) in compared.items() if answered != told]


def _status_of(change: Change) -> str:
    return wording.status_of(change) or fold(change.status)
