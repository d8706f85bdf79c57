"""What a citizen chose about mails, and what follows from it: whether a service may mail, and where. No I/O.

An address stands here by its id in the profile, never by its words: one that was removed leaves nothing behind, and
what was to go there goes nowhere, not even when the same address is given again.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from portal.features.profile.types import VerifiedEmail
from portal.platform.kit.unprinted import Unprinted

from .types import EBOX as EBOX

CONSENT = "contactvoorkeuren-1"  # the text agreed to: a file in templates/notifications/consent, which never changes


class Way(StrEnum):
    """Whether the citizen chose for all services at once, or for each. The value stands in what is sealed."""

    NONE = "none"
    ALL = "all"
    EACH = "each"


class Pace(StrEnum):
    """How soon a mail comes. The value stands in what is sealed, and in forms."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class Preferences(Unprinted, frozen=True):
    """What a citizen chose. Never printed.

    email_id: for Way.ALL, where everything goes, also of services that come later.
    services: for Way.EACH, where each chosen service goes; one that is not there does not mail.
    may_mail_expiry: mails about the eBox may be about documents that expire soon.
    """

    way: Way = Way.NONE
    pace: Pace = Pace.AT_ONCE
    email_id: UUID | None = None
    services: Mapping[str, UUID] = {}
    may_mail_expiry: bool = True


class NoMail(StrEnum):
    """Why a service may not mail a citizen."""

    NOTHING_CHOSEN = "nothing chosen"
    NOT_THIS_SERVICE = "not this service"
    ADDRESS_GONE = "address gone"
    NO_EXPIRY = "no expiry"
    UNREADABLE = "unreadable"


class Wanted(Unprinted, frozen=True):
    """That a mail is wanted: where, how it greets ("" for no nickname), how soon. Never printed.

    may_mail_expiry: also where it says that a document of the eBox expires soon.
    """

    address: str
    nickname: str
    pace: Pace
    may_mail_expiry: bool = True


class Unwanted(msgspec.Struct, frozen=True):
    """That no mail is wanted, or none can be sent."""

    why: NoMail


def service_key(body: str, product: str) -> str:
    """Name a service by the folder of its body and its number in the IPDC."""
    return f"{body}/{product}"


def email_id_for(preferences: Preferences, service: str) -> UUID | NoMail:
    """Find the id of the address that was chosen for a service, which may be gone, or say why there is none."""
    if preferences.way is Way.NONE:
        return NoMail.NOTHING_CHOSEN
    chosen = preferences.email_id if preferences.way is Way.ALL else preferences.services.get(service)
    return NoMail.NOT_THIS_SERVICE if chosen is None else chosen


def address_for(preferences: Preferences, service: str, emails: Sequence[VerifiedEmail]) -> str | NoMail:
    """Find where a mail about a service goes, or say why nowhere. emails: those that are verified now."""
    chosen = email_id_for(preferences, service)
    if isinstance(chosen, NoMail):
        return chosen
    return next((email.address for email in emails if email.id == chosen), NoMail.ADDRESS_GONE)


def with_ebox(preferences: Preferences, email_id: UUID) -> Preferences:
    """Have news of the eBox mailed to an address; who chose one address for all services keeps that."""
    if preferences.way is Way.ALL:
        return preferences
    services = {**preferences.services, EBOX: email_id}
    return for_each(services, preferences.pace, may_mail_expiry=preferences.may_mail_expiry)


def without_ebox(preferences: Preferences) -> Preferences:
    """Choose no mails about the eBox by itself; one address for all services stays chosen."""
    if preferences.way is not Way.EACH:
        return preferences
    others = {service: email_id for service, email_id in preferences.services.items() if service != EBOX}
    return for_each(others, preferences.pace, may_mail_expiry=preferences.may_mail_expiry)


def without_address(
    preferences: Preferences, services: Collection[str], emails: Sequence[VerifiedEmail]
) -> Sequence[str]:
    """List the services that were to mail to an address that is there no more, in the given order."""
    return [service for service in services if address_for(preferences, service, emails) is NoMail.ADDRESS_GONE]


def for_all(email_id: UUID, pace: Pace, *, may_mail_expiry: bool = True) -> Preferences:
    """Choose one address for all services, those that come later too."""
    return Preferences(Way.ALL, pace, email_id, may_mail_expiry=may_mail_expiry)


def for_each(services: Mapping[str, UUID], pace: Pace, *, may_mail_expiry: bool = True) -> Preferences:
    """Choose an address for some services; for none is no mail at all."""
    return Preferences(Way.EACH, pace, None, services, may_mail_expiry) if services else Preferences()
