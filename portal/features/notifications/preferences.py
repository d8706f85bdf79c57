"""Read the contact preferences of a citizen, for their own pages and for the worker that is about to mail them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.urls import reverse
from psycopg import AsyncConnection

from portal.features.profile import queries as profile
from portal.features.profile.types import KeptKind, VerifiedEmail
from portal.platform.database import pool
from portal.platform.feature.types import GivenConsent, Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.errors import CannotOpen, KeysGone
from portal.platform.kit.unprinted import Unprinted

from . import preference_journalling as journalling
from . import preference_rules as rules
from . import service_list
from .preference_rules import EBOX, NoMail, Preferences, UnwantedMail, WantedMail, Way
from .types import EboxMail

ONE = "select sealed from notifications_preferences where citizen_id = %s"
ONE_FOR_CHANGE = f"{ONE} for update"
EXPORT = "select sealed, consent, since from notifications_preferences where citizen_id = %s"
SINCE = "select since from notifications_preferences where citizen_id = %s"
EXPORTED = "preferences"
BOUND = b"notifications_preferences\0"

_decoder = msgspec.json.Decoder(Preferences)


class Choice(Unprinted, frozen=True):
    """A citizen's preferences and verified addresses. preferences: None where they can no longer be decrypted."""

    preferences: Preferences | None
    emails: Sequence[VerifiedEmail]


async def look_at_choice(occasion: Occasion) -> Choice:
    """Read a citizen's preferences and verified addresses to show them, and journal that."""
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        preferences = await preferences_in(conn, citizen_id)
        emails = await profile.verified_emails_in(conn, citizen_id)
        has_chosen = preferences is None or preferences.way is not Way.NONE
        await journalling.note_look(conn, occasion, has_chosen=has_chosen, has_emails=bool(emails))
    return Choice(preferences, emails)


async def for_service(occasion: Occasion, service: str) -> WantedMail | UnwantedMail:
    """Tell whether a citizen wants a mail about a service: the address, greeting and pace, or why they want none.

    For the worker, which is the actor of the occasion and asks again right before it sends; the journal says what it
    opened. service: a key of `preference_rules.service_key`, or EBOX.
    """
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        preferences = await preferences_in(conn, citizen_id)
        if preferences is None:
            return UnwantedMail(NoMail.UNREADABLE)
        if preferences.way is Way.NONE:
            return UnwantedMail(NoMail.NOTHING_CHOSEN)
        # Addresses are decrypted only where one of them was chosen.
        chosen = rules.email_id_for(preferences, service)
        if isinstance(chosen, NoMail):
            await journalling.note_question(conn, occasion)
            return UnwantedMail(chosen)
        emails = await profile.verified_emails_in(conn, citizen_id)
        address = rules.address_for(preferences, service, emails)
        if isinstance(address, NoMail):
            await journalling.note_question(conn, occasion, has_emails=bool(emails))
            return UnwantedMail(address)
        nickname = await profile.words_in(conn, citizen_id, KeptKind.NICKNAME) or ""
        await journalling.note_question(conn, occasion, has_emails=True, greets=bool(nickname))
    return WantedMail(address, nickname, preferences.pace, preferences.may_mail_expiry)


async def look_at_ebox_mail(occasion: Occasion) -> EboxMail:
    """Read where mails about the eBox go, to show it to the citizen, and journal that."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        known = await preferences_in(conn, occasion.citizen_id) or Preferences()
        mail = await ebox_mail_in(conn, occasion.citizen_id, known)
        has_chosen = mail.email_id is not None
        await journalling.note_look(conn, occasion, has_chosen=has_chosen, has_emails=bool(mail.emails))
    return mail


async def ebox_mail_in(conn: AsyncConnection[Any], citizen_id: UUID, known: Preferences) -> EboxMail:
    """Read where mails about the eBox go. known: the preferences that the caller read in the same transaction."""
    emails = await profile.verified_emails_in(conn, citizen_id)
    email_id = known.email_id or known.services.get(EBOX)
    return EboxMail(emails, email_id, known.way is Way.ALL, known.may_mail_expiry)


async def preferences_in(
    conn: AsyncConnection[Any], citizen_id: UUID, *, for_change: bool = False
) -> Preferences | None:
    """Read a citizen's preferences in the caller's transaction: empty before they chose; None where unreadable.

    for_change: the row is locked until the end of the transaction.
    """
    row = await (await conn.execute(ONE_FOR_CHANGE if for_change else ONE, (citizen_id,))).fetchone()
    return await _open(citizen_id, row[0]) if row else Preferences()


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen their preferences, with addresses and names of services."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(EXPORT, (citizen_id,))).fetchone()
        emails = await profile.verified_emails_in(conn, citizen_id)
    if row is None:
        return ()
    sealed, consent, since = row
    preferences = await _open(citizen_id, sealed)
    return (Record(EXPORTED, _in_words(preferences, emails) if preferences else None, since, consent),)


async def consents(citizen_id: UUID) -> Sequence[GivenConsent]:
    """Give the consent that a citizen's preferences are, with the page where it is changed. Nothing is decrypted."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(SINCE, (citizen_id,))).fetchall()
    return [GivenConsent(EXPORTED, since, reverse("notifications:preferences")) for (since,) in rows]


def _in_words(preferences: Preferences, emails: Sequence[VerifiedEmail]) -> dict[str, Any]:
    written = {email.id: email.address for email in emails}
    names = {service.key: service.name for service in service_list.list_services()}
    return {
        "way": str(preferences.way),
        "pace": str(preferences.pace),
        "expiry": preferences.may_mail_expiry,
        "address": written.get(preferences.email_id) if preferences.email_id else None,
        "services": {names.get(key, key): written.get(email_id) for key, email_id in preferences.services.items()},
    }


async def _open(citizen_id: UUID, sealed: bytes) -> Preferences | None:
    try:
        return _decoder.decode((await citizens.mail_box(citizen_id)).open(sealed, BOUND))
    except (KeysGone, CannotOpen, msgspec.DecodeError):
        return None
