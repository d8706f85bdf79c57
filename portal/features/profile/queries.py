"""Reads of the profile. A value that cannot be opened any more is None, never an error.

`look_at_...` reads what a page shows and journals it; `..._in` reads in the transaction of a caller, who journals.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.urls import reverse
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.feature.types import GivenConsent, Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen, KeysGone
from portal.platform.kit import domain_name
from portal.platform.mail import queries as mail
from portal.platform.mail.queries import MailState

from . import rules
from .journalling import ADDRESS, DISMISSAL, LOOK, note
from .types import (
    OTHER_EMAIL,
    Dismissal,
    Kept,
    KeptEmail,
    KeptKind,
    PostalAddress,
    Profile,
    Proposal,
    SavedAddress,
    VerifiedEmail,
)

# Each statement names the citizen, although row-level security does so too: two walls are safer than one.
KEPT = "select kind, sealed, consent, since from profile_kept where citizen_id = %s and kind = any(%s)"
ONE_KEPT = "select sealed from profile_kept where citizen_id = %s and kind = %s"
# The row is locked until the mail that greets with it is in the outbox, so that its removal finds that mail.
ONE_KEPT_HELD = f"{ONE_KEPT} for share"
MAIN_EMAIL = "select id, sealed, consent, since from profile_kept where citizen_id = %s and kind = 'email'"
OTHER_EMAILS = "select id, sealed, consent, since from profile_email where citizen_id = %s order by since, id"
# The columns that the worker may read too; the main address first.
EMAILS = """
select id, sealed, true as is_main from profile_kept where citizen_id = %(citizen)s and kind = 'email'
union all
select id, sealed, false from profile_email where citizen_id = %(citizen)s
order by is_main desc, id
"""
COUNT_ADDRESSES = "select count(*) from profile_address where citizen_id = %s"
ONE_ADDRESS = "select id, sealed, consent, since from profile_address where citizen_id = %s and id = %s"
ADDRESSES = "select id, sealed, consent, since from profile_address where citizen_id = %s order by since, id"
CONSENTS = """
select kind, null::uuid as id, since from profile_kept where citizen_id = %(citizen)s
union all select 'other_email', id, since from profile_email where citizen_id = %(citizen)s
union all select 'address', id, since from profile_address where citizen_id = %(citizen)s
order by since, kind
"""
PROPOSAL = """
select id, sealed, made_at, valid_until, attempts_left, mail_id from profile_proposal
where citizen_id = %s and kind = %s and valid_until > %s
"""
ATTEMPTS_LEFT = """
select attempts_left from profile_proposal where citizen_id = %s and kind = %s and valid_until > %s
"""
log = logging.getLogger("portal.profile")

MARKS = "select mark from profile_dismissal where citizen_id = %s"
DISMISSALS = "select mark, sealed, since from profile_dismissal where citizen_id = %s order by since, mark"
PROPOSALS = """
select kind, id, sealed, made_at, valid_until, attempts_left from profile_proposal
where citizen_id = %s order by made_at
"""
PROPOSED = "proposal"  # the kind of a Record
EVERYTHING = (*KeptKind, OTHER_EMAIL, ADDRESS)

_address = msgspec.json.Decoder(PostalAddress)
_dismissal = msgspec.json.Decoder(Dismissal)


async def look_at_profile(occasion: Occasion, kinds: Collection[str] = EVERYTHING) -> Profile:
    """Read what a citizen gave us of these kinds, to be shown to them; the journal says so, kind by kind."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        profile = await _profile(conn, occasion.citizen_id, kinds)
        is_readable = _readable(profile)
        unreadable = [kind for kind, is_so in is_readable.items() if not is_so]
        await note(conn, LOOK, occasion, is_readable, unreadable=unreadable)
    return profile


async def address_for_answers(occasion: Occasion) -> str:
    """Read a citizen's main address, to propose it in a form for answers; it is journalled.

    "" when there is none, it cannot be read, or the portal leaves the profile out.
    """
    if not installed.is_here("profile"):
        return ""
    try:
        kept = await look_at_profile(occasion, [KeptKind.EMAIL])
    except Exception as error:
        # The form works without it: the citizen can type the address.
        log.error("address not read: %s %s", type(error).__name__, occasion.correlation_id)
        return ""
    return domain_name.address_to_unicode((kept.email.value if kept.email else None) or "")


async def is_own_email(occasion: Occasion, address: str) -> bool:
    """Tell whether an address is one that the citizen showed to be theirs; looking is journalled.

    address: in the form of `mail.addresses.read`. No address is theirs where the portal leaves the profile out.
    """
    if not installed.is_here("profile"):
        return False
    async with pool.as_citizen(occasion.citizen_id) as conn:
        emails = await verified_emails_in(conn, occasion.citizen_id)
        if emails:
            await note(conn, LOOK, occasion, [KeptKind.EMAIL])
    return any(email.address == address for email in emails)


async def profile_of(citizen_id: UUID) -> Profile:
    """Read all that a citizen gave us; the caller journals what it is used for."""
    async with pool.as_citizen(citizen_id) as conn:
        return await _profile(conn, citizen_id, EVERYTHING)


async def _profile(conn: AsyncConnection[Any], citizen_id: UUID, kinds: Collection[str]) -> Profile:
    rows = await (await conn.execute(KEPT, (citizen_id, list(kinds)))).fetchall()
    kept = {row[0]: row for row in rows}
    addresses = await (await conn.execute(ADDRESSES, (citizen_id,))).fetchall() if ADDRESS in kinds else []
    mail_box = await _box(citizens.mail_box, citizen_id) if kept.keys() - {KeptKind.PHOTO} else None
    data_box = await _box(citizens.data_box, citizen_id) if KeptKind.PHOTO in kept or addresses else None

    def words(kind: KeptKind) -> Kept[str] | None:
        return _read_kept(kept.get(kind), mail_box, kind, bytes.decode)

    return Profile(
        nickname=words(KeptKind.NICKNAME),
        photo=_read_kept(kept.get(KeptKind.PHOTO), data_box, KeptKind.PHOTO, bytes),
        email=words(KeptKind.EMAIL),
        other_emails=await other_emails_in(conn, citizen_id) if OTHER_EMAIL in kinds else (),
        addresses=[_read_address(row, data_box) for row in addresses],
    )


def _readable(profile: Profile) -> dict[str, bool]:
    """Tell for each kind of which there is something whether any of it can be read."""
    single = {KeptKind.NICKNAME: profile.nickname, KeptKind.PHOTO: profile.photo, KeptKind.EMAIL: profile.email}
    readable: dict[str, bool] = {kind: kept.value is not None for kind, kept in single.items() if kept is not None}
    if profile.other_emails:
        is_any = any(email.address is not None for email in profile.other_emails)
        readable[KeptKind.EMAIL] = readable.get(KeptKind.EMAIL, False) or is_any
    if profile.addresses:
        readable[ADDRESS] = any(saved.address is not None for saved in profile.addresses)
    return readable


async def look_at_nickname(occasion: Occasion) -> str | None:
    """Read the nickname, to be shown to the citizen; the journal says so."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        nickname = await words_in(conn, occasion.citizen_id, KeptKind.NICKNAME)
        if nickname is not None:
            await note(conn, LOOK, occasion, [KeptKind.NICKNAME])
    return nickname


async def look_at_photo(occasion: Occasion) -> bytes | None:
    """Read the photo, a square JPEG, to be shown to the citizen; None when there is none, or it cannot be read."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        row = await (await conn.execute(ONE_KEPT, (occasion.citizen_id, KeptKind.PHOTO))).fetchone()
        if row is None:
            return None
        box = await _box(citizens.data_box, occasion.citizen_id)
        photo = _open(box, row[0], rules.bound_kept(KeptKind.PHOTO), bytes)
        if photo is not None:
            await note(conn, LOOK, occasion, [KeptKind.PHOTO])
    return photo


async def verified_emails_in(conn: AsyncConnection[Any], citizen_id: UUID) -> Sequence[VerifiedEmail]:
    """List the addresses that can be read, the main one first, in the caller's transaction."""
    rows = await (await conn.execute(EMAILS, {"citizen": citizen_id})).fetchall()
    box = await _box(citizens.mail_box, citizen_id) if rows else None
    emails = []
    for email_id, sealed, is_main in rows:
        bound = rules.bound_kept(KeptKind.EMAIL) if is_main else rules.bound_email(email_id)
        address = _open(box, sealed, bound, bytes.decode)
        if address is not None:
            emails.append(VerifiedEmail(email_id, address, is_main))
    return emails


async def main_email_in(conn: AsyncConnection[Any], citizen_id: UUID) -> KeptEmail | None:
    """Read the main address in the caller's transaction."""
    row = await (await conn.execute(MAIN_EMAIL, (citizen_id,))).fetchone()
    return _email(row, await _box(citizens.mail_box, citizen_id), is_main=True) if row else None


async def other_emails_in(conn: AsyncConnection[Any], citizen_id: UUID) -> Sequence[KeptEmail]:
    """Read the addresses beside the main one in the caller's transaction, the oldest first."""
    rows = await (await conn.execute(OTHER_EMAILS, (citizen_id,))).fetchall()
    box = await _box(citizens.mail_box, citizen_id) if rows else None
    return [_email(row, box) for row in rows]


async def look_at_address(occasion: Occasion, address_id: UUID) -> SavedAddress | None:
    """Find one of a citizen's own saved addresses, to be shown to them; the journal says so."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        row = await (await conn.execute(ONE_ADDRESS, (occasion.citizen_id, address_id))).fetchone()
        if row is None:
            return None
        saved = _read_address(row, await _box(citizens.data_box, occasion.citizen_id))
        if saved.address is not None:
            await note(conn, LOOK, occasion, [ADDRESS])
    return saved


async def count_addresses(citizen_id: UUID) -> int:
    """Count the saved addresses; opens none."""
    async with pool.as_citizen(citizen_id) as conn:
        (count,) = await (await conn.execute(COUNT_ADDRESSES, (citizen_id,))).fetchone() or (0,)
    return int(count)


async def look_at_proposal(occasion: Occasion, kind: str) -> Proposal | None:
    """Find what was entered and waits for confirmation, to be shown to the citizen; the journal says so.

    None when its time is over, or it cannot be read. kind: a KeptKind, or OTHER_EMAIL.
    """
    async with pool.as_citizen(occasion.citizen_id) as conn:
        proposal = await proposal_in(conn, occasion.citizen_id, kind, occasion.now)
        if proposal is not None:
            await note(conn, LOOK, occasion, [KeptKind.EMAIL if kind == OTHER_EMAIL else kind])
    return proposal


async def proposal_in(conn: AsyncConnection[Any], citizen_id: UUID, kind: str, now: datetime) -> Proposal | None:
    """Find what was entered and waits for confirmation, in the caller's transaction."""
    row = await (await conn.execute(PROPOSAL, (citizen_id, kind, now))).fetchone()
    if row is None:
        return None
    key, sealed, made_at, valid_until, attempts_left, mail_id = row
    box = await _box(citizens.mail_box, citizen_id)
    value = _open(box, sealed, rules.bound_proposal(kind, key), bytes.decode)
    return Proposal(key, value, made_at, valid_until, attempts_left, mail_id) if value is not None else None


async def attempts_left(occasion: Occasion, kind: str) -> int:
    """Tell how often the code to confirm an address may still be tried; opens nothing."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        row = await (await conn.execute(ATTEMPTS_LEFT, (occasion.citizen_id, kind, occasion.now))).fetchone()
    return int(row[0]) if row else 0


async def mail_state(citizen_id: UUID, mail_id: UUID) -> MailState:
    """Tell how far a mail to a citizen is."""
    async with pool.as_citizen(citizen_id) as conn:
        return await mail.state(conn, mail_id)


async def dismissals_of(citizen_id: UUID) -> frozenset[bytes]:
    """Give the marks of all signals that a citizen dismissed; nothing is opened."""
    async with pool.as_citizen(citizen_id) as conn:
        return frozenset(bytes(row[0]) for row in await (await conn.execute(MARKS, (citizen_id,))).fetchall())


async def mark_of(citizen_id: UUID, dismissal: Dismissal) -> bytes:
    """Give the mark of a dismissal: a keyed hash of its rule and cause, another one for each citizen."""
    return await pseudonym.mark(citizen_id, b"profile dismissal", msgspec.json.encode(dismissal))


async def export(citizen_id: UUID) -> list[Record]:
    """Give all that a citizen gave us as Records: in words, the photo as JPEG bytes."""
    profile = await profile_of(citizen_id)
    single = (
        (KeptKind.NICKNAME, profile.nickname),
        (KeptKind.PHOTO, profile.photo),
        (KeptKind.EMAIL, profile.email),
    )
    records = [Record(kind, kept.value, kept.since, kept.consent) for kind, kept in single if kept is not None]
    records += [Record(OTHER_EMAIL, other.address, other.since, other.consent) for other in profile.other_emails]
    for saved in profile.addresses:
        words = ", ".join((saved.address.label, *saved.address.lines)) if saved.address else None
        records.append(Record(ADDRESS, words, saved.since, saved.consent))
    return [*records, *await _export_proposals(citizen_id), *await _export_dismissals(citizen_id)]


async def consents(citizen_id: UUID) -> Sequence[GivenConsent]:
    """List the consents of a citizen, each with the page that takes away what was given; nothing is opened."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(CONSENTS, {"citizen": citizen_id})).fetchall()
    return [GivenConsent(kind, since, _removal_page(kind, key)) for kind, key, since in rows]


def _removal_page(kind: str, key: UUID | None) -> str:
    if kind == OTHER_EMAIL:
        return reverse("profile:remove_other_email", kwargs={"email_id": key})
    if kind == ADDRESS:
        return reverse("profile:remove_address", kwargs={"address_id": key})
    return reverse(f"profile:remove_{kind}")


async def _export_proposals(citizen_id: UUID) -> list[Record]:
    """Give what was entered and is not confirmed; also what cannot be confirmed any more and is not deleted yet."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(PROPOSALS, (citizen_id,))).fetchall()
    box = await _box(citizens.mail_box, citizen_id) if rows else None
    records = []
    for kind, key, sealed, made_at, valid_until, attempts in rows:
        value = _open(box, sealed, rules.bound_proposal(kind, key), bytes.decode)
        proposal = {"kind": kind, "proposed": value, "valid_until": valid_until, "attempts_left": attempts}
        records.append(Record(PROPOSED, msgspec.to_builtins(proposal), made_at))
    return records


async def _export_dismissals(citizen_id: UUID) -> list[Record]:
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(DISMISSALS, (citizen_id,))).fetchall()
    box = await _box(citizens.data_box, citizen_id) if rows else None
    records = []
    for mark, sealed, since in rows:
        dismissal = _open(box, sealed, rules.bound_dismissal(bytes(mark)), _dismissal.decode)
        records.append(Record(DISMISSAL, msgspec.to_builtins(dismissal), since))
    return records


async def greeting_in(conn: AsyncConnection[Any], citizen_id: UUID) -> str:
    """Read the nickname for a mail that is put into the outbox in the caller's transaction; "" for none."""
    return await words_in(conn, citizen_id, KeptKind.NICKNAME, statement=ONE_KEPT_HELD) or ""


async def words_in(
    conn: AsyncConnection[Any], citizen_id: UUID, kind: KeptKind, *, statement: str = ONE_KEPT
) -> str | None:
    """Read nickname or main address in the caller's transaction; None for none, or one that cannot be read."""
    row = await (await conn.execute(statement, (citizen_id, kind))).fetchone()
    if row is None:
        return None
    return _open(await _box(citizens.mail_box, citizen_id), row[0], rules.bound_kept(kind), bytes.decode)


async def _box(box_of: Callable[[UUID], Any], citizen_id: UUID) -> Box | None:
    """Give a citizen's box (`citizens.mail_box` or `data_box`); None without keys, or with keys that do not open."""
    try:
        box: Box = await box_of(citizen_id)
    except (KeysGone, CannotOpen):
        return None
    return box


def _read_address(row: Any, box: Box | None) -> SavedAddress:
    key, sealed, consent, since = row
    return SavedAddress(key, _open(box, sealed, rules.bound_address(key), _address.decode), consent, since)


def _email(row: Any, box: Box | None, *, is_main: bool = False) -> KeptEmail:
    key, sealed, consent, since = row
    bound = rules.bound_kept(KeptKind.EMAIL) if is_main else rules.bound_email(key)
    return KeptEmail(key, _open(box, sealed, bound, bytes.decode), consent, since)


def _read_kept[Value](
    row: Any, box: Box | None, kind: KeptKind, read: Callable[[bytes], Value]
) -> Kept[Value] | None:
    if row is None:
        return None
    _, sealed, consent, since = row
    return Kept(_open(box, sealed, rules.bound_kept(kind), read), consent, since)


def _open[Value](box: Box | None, sealed: bytes, bound: bytes, read: Callable[[bytes], Value]) -> Value | None:
    if box is None:
        return None
    try:
        return read(box.open(sealed, bound))
    except (CannotOpen, ValueError):  # msgspec's errors are ValueErrors too
        return None
