"""The providers of messages, from the federation's list, which each process keeps for some minutes.

Nobody waits for a new list where an older one is there. It holds no personal data, and is asked for without naming
anybody.
"""

from datetime import datetime

import msgspec

from portal.platform.sources import beside, listing
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Down, Late

from .. import section, types
from ..types import EboxProvider
from . import provider_list
from .provider_list import ProviderList
from .shelf import Shelf

FRESH_SECONDS = 300.0  # age from which the list is read again
FAILED_SECONDS = 15.0  # after a failure, until the list is asked for again
OLD_SECONDS = 86400.0  # age from which pages say that the list is old
READ_SECONDS = 3.0  # deadline of the question for the list
WAIT_SECONDS = 1.0  # for how long a page waits for the list, where there is none yet

# The federation, in the place of a provider: pages show the trouble with its list under this name.
FEDERATION = EboxProvider(
    types.FEDERATION,
    {
        "nl": "De lijst van eBox-documentdiensten",
        "fr": "La liste des services de documents de l’eBox",
        "de": "Die Liste der eBox-Dokumentendienste",
        "en": "The list of eBox document services",
    },
    "",
    "",
)


class KnownProviders(msgspec.Struct, frozen=True):
    """The active providers, as far as they are known.

    trouble: why the list is missing, not whole or old; else None.
    """

    active: tuple[EboxProvider, ...] = ()
    trouble: Down | Late | None = None

    def named(self, provider_id: str) -> EboxProvider | None:
        """Find an active provider by its id."""
        return next((one for one in self.active if one.id == provider_id), None)


async def active_providers(now: datetime, *, seconds: float = WAIT_SECONDS) -> KnownProviders:
    """Give the active providers; seconds: how long to wait at most, where this process has no list yet."""
    agency = section.federation()
    if agency is None:
        return KnownProviders(trouble=Down("off"))
    found = await _shelf.look_up(seconds)
    if found is None:
        return KnownProviders(trouble=_shelf.trouble or Late())
    active = found.active(now)
    if found.left_out or not active:
        return KnownProviders(active, Down("unreadable", "not the whole list" if active else "nobody is active"))
    return KnownProviders(active, Down("late", "an old list") if _shelf.age_s > OLD_SECONDS else None)


def at_hand(now: datetime) -> tuple[EboxProvider, ...]:
    """Give the active providers of the list that this process has, without asking; () where it has none."""
    return _shelf.value.active(now) if _shelf.value else ()


def ids_at_hand() -> frozenset[str]:
    """Give the ids of all providers of the list that this process has, active or not."""
    return frozenset(line.provider.id for line in _shelf.value.lines) if _shelf.value else frozenset()


def bar_of(provider: EboxProvider, now: datetime) -> Down | None:
    """Tell why a provider must not be asked now (announced maintenance, no usable address); None where it may be."""
    if not provider.address:
        return Down("unreadable", "no address")
    covering = [one.until for one in provider.maintenance if one.begin <= now < one.until]
    return Down("maintenance", until=max(covering)) if covering else None


async def _read() -> ProviderList | Down | Late:
    agency = section.federation()
    assert agency is not None  # noqa: S101 - who asks has looked
    (listed,) = [one for one in agency.lists if one.id == section.PROVIDERS]
    answer = await listing.page_of(agency, listed, {}, seconds=READ_SECONDS)
    if not isinstance(answer, bytes):
        return answer
    found = await beside.read(len(answer), lambda: provider_list.read(answer))
    if isinstance(found, str):
        return _unusable(agency, found)
    if not found.lines:
        return _unusable(agency, "no provider")
    if found.left_out or found.unread:
        listing.count_unusable(agency, listed.id, (*found.left_out, *found.unread))
    return found


def _unusable(agency: Agency, why: str) -> Down:
    listing.count_unusable(agency, section.PROVIDERS, [why])
    return Down("unreadable", why)


_shelf = Shelf("the list of providers", _read, FRESH_SECONDS, FAILED_SECONDS)
