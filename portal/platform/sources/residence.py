"""Where somebody lives by the register, and so which desk can correct what the register says of them."""

from portal.platform.municipalities import desks, known
from portal.platform.municipalities.desks import Desk

from . import catalogue
from .catalogue import DatasetEntry
from .reading.facts import first_by_key
from .reading.outcomes import Nothing, Outcome, Partial, Ready


def entry() -> DatasetEntry | None:
    """Find the dataset whose manifest says where people live (`residence`); None without one."""
    return next((entry for entry in catalogue.installed().entries if entry.dataset.residence), None)


def desk_of(entry: DatasetEntry, outcome: Outcome) -> Desk:
    """Find the desk of the person whom an answer of that dataset (`entry`) is about.

    NOWHERE: the register knows nobody, or no residence of theirs. NOT_NOW: there is no answer, its missing part may
    have the residence, or the dataset's manifest does not say where people live.
    """
    keys = entry.dataset.residence
    if keys is None or not isinstance(outcome, Ready | Partial):
        return desks.NOWHERE if isinstance(outcome, Nothing) else desks.NOT_NOW
    first = first_by_key(outcome.value)

    def value_of(key: str) -> str:
        return first[key].value if key in first else ""

    if value_of(keys.code) or value_of(keys.name):
        return desks.desk_of(value_of(keys.code), value_of(keys.name))
    if country := value_of(keys.country):
        return desks.desk_abroad(country, value_of(keys.post))
    # Somebody's file can also be managed by a consulate, which is no desk: only the name of a municipality counts.
    if (name := value_of(keys.managed_by)) and known.find(name):
        return desks.desk_of("", name)
    # The missing part may be the one with the residence.
    return desks.NOT_NOW if isinstance(outcome, Partial) else desks.NOWHERE
