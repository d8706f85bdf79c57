"""Read the table `[notifications]` of a body's `agency.toml`: which notices it may send, how long they are kept."""

from datetime import timedelta
from typing import Annotated

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.sections import Keys, Section, WrongKey

from .types import SCOPE

PRODUCT = r"^[0-9]{1,10}$"
Product = Annotated[str, msgspec.Meta(pattern=PRODUCT)]


class NoticedService(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service about which a body sends notices. name: as citizens know it."""

    name: Annotated[Text, msgspec.Meta(min_length=1)]


class Notifications(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[notifications]`.

    uris:      each AanbiederUri that is this body's own.
    services:  by their numbers in the IPDC; a notice about another one is refused.
    keep_days: how long a notice is kept at most, from its arrival; the Vervaldatum of its bundle may end it sooner.
    """

    uris: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=300)], ...] = ()
    services: dict[Product, NoticedService] = {}
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 730

    @property
    def keep(self) -> timedelta:
        """Give `keep_days` as a duration."""
        return timedelta(days=self.keep_days)


class NotificationKeys(Keys, frozen=True):
    """The table of notifications in the manifest of a body, optional."""

    notifications: Notifications = Notifications()

    def __post_init__(self) -> None:
        """Raise WrongKey for services without a URI by which notices are this body's, and for the reverse."""
        if bool(self.notifications.uris) != bool(self.notifications.services):
            problem = "[notifications] has uris without services, or the reverse"
            raise WrongKey("notifications", problem, "give both, or neither")


SECTION = Section("notifications", NotificationKeys, level="body", scopes=(SCOPE,))


def of(agency: Agency) -> Notifications:
    """Give the table of a body, its texts in the current language."""
    return SECTION.of(agency).notifications


def dutch(agency: Agency) -> Notifications:
    """Give the table of a body, its texts in Dutch."""
    keys = agency.sections[SECTION]
    assert isinstance(keys, NotificationKeys)  # noqa: S101 - its own section
    return keys.notifications


def body(agency_id: str) -> Agency | None:
    """Find a body by its id (the name of its folder); None for one that is no longer connected."""
    return catalogue.installed().agency(agency_id)
