"""Contact preferences, and what follows from them: whether a citizen gets a mail about a service, and where. No I/O.

Preferences hold the id of an address in the profile, not the address. So an address that is removed is gone from here
too, and mails that went there stop, also when the same address is added again under another id.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from portal.features.profile.types import VerifiedEmail
from portal.platform.kit.unprinted import Unprinted

from .types import EBOX as EBOX

# The text that citizens agree to: a file of this name in templates/notifications/consent, which never changes.
CONSENT = "contactvoorkeuren-1"


class Way(StrEnum):
    """Whether the citizen chose for all services at once, for each, or not at all. The value is stored, sealed."""

    NONE = "none"
    ALL = "all"
    EACH = "each"


class Pace(StrEnum):
    """How soon mails are sent. The value is stored, sealed, and used in forms."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class Preferences(Unprinted, frozen=True):
    """The contact preferences of a citizen.

    email_id: for Way.ALL, the address for all services, later ones too.
    services: for Way.EACH, the address by the key of each chosen service; there are no mails about others.
    may_mail_expiry: mails about the eBox may also say that a document expires soon.
    """

    way: Way = Way.NONE
    pace: Pace = Pace.AT_ONCE
    email_id: UUID | None = None
    services: Mapping[str, UUID] = {}
    may_mail_expiry: bool = True


class NoMail(StrEnum):
    """Why a citizen gets no mail about a service; stored as the `why` of a delivery."""

    NOTHING_CHOSEN = "nothing chosen"
    NOT_THIS_SERVICE = "not this service"
    ADDRESS_GONE = "address gone"
    NO_EXPIRY = "no expiry"
    UNREADABLE = "unreadable"


class WantedMail(Unprinted, frozen=True):
    """A citizen wants mails about a service: at this address, with this nickname ("" for none), at this pace.

    may_mail_expiry: as in Preferences.
    """

    address: str
    nickname: str
    pace: Pace
    may_mail_expiry: bool = True


class UnwantedMail(msgspec.Struct, frozen=True):
    """A citizen wants no mails about a service, or none can be sent."""

    why: NoMail


def service_key(body: str, product: str) -> str:
    """Give the key of a service in preferences. body: id of its agency; product: number in the IPDC."""
    return f"{body}/{product}"


def email_id_for(preferences: Preferences, service: str) -> UUID | NoMail:
    """Give the id of the address chosen for a service, which may have left the profile, or why there is none."""
    if preferences.way is Way.NONE:
        return NoMail.NOTHING_CHOSEN
    chosen = preferences.email_id if preferences.way is Way.ALL else preferences.services.get(service)
    return NoMail.NOT_THIS_SERVICE if chosen is None else chosen


def address_for(preferences: Preferences, service: str, emails: Sequence[VerifiedEmail]) -> str | NoMail:
    """Give the address for mails about a service, or why there is none. emails: the citizen's verified addresses."""
    chosen = email_id_for(preferences, service)
    if isinstance(chosen, NoMail):
        return chosen
    return next((email.address for email in emails if email.id == chosen), NoMail.ADDRESS_GONE)


def with_ebox(preferences: Preferences, email_id: UUID) -> Preferences:
    """Give the preferences with this address for the eBox; those of Way.ALL stay as they are."""
    if preferences.way is Way.ALL:
        return preferences
    services = {**preferences.services, EBOX: email_id}
    return for_each(services, preferences.pace, may_mail_expiry=preferences.may_mail_expiry)


def without_ebox(preferences: Preferences) -> Preferences:
    """Give the preferences without an address for the eBox; those of Way.ALL stay as they are."""
    if preferences.way is not Way.EACH:
        return preferences
    others = {service: email_id for service, email_id in preferences.services.items() if service != EBOX}
    return for_each(others, preferences.pace, may_mail_expiry=preferences.may_mail_expiry)


def without_address(
    preferences: Preferences, services: Collection[str], emails: Sequence[VerifiedEmail]
) -> Sequence[str]:
    """List the services whose chosen address left the profile, in the given order."""
    return [service for service in services if address_for(preferences, service, emails) is NoMail.ADDRESS_GONE]


def others(preferences: Preferences, offered: Collection[str], emails: Sequence[VerifiedEmail]) -> Mapping[str, UUID]:
    """Give the addresses that were chosen for services which are not offered, those that are still verified.

    A service can be missing from the manifests of one process, or for a while.
    """
    verified = {email.id for email in emails}
    chosen = preferences.services.items()
    return {key: email_id for key, email_id in chosen if key not in offered and email_id in verified}


def for_all(email_id: UUID, pace: Pace, *, may_mail_expiry: bool = True) -> Preferences:
    """Give preferences with one address for all services, later ones too."""
    return Preferences(Way.ALL, pace, email_id, may_mail_expiry=may_mail_expiry)


def for_each(services: Mapping[str, UUID], pace: Pace, *, may_mail_expiry: bool = True) -> Preferences:
    """Give preferences with an address for each of some services; empty ones where there are none."""
    return Preferences(Way.EACH, pace, None, services, may_mail_expiry) if services else Preferences()
