"""Writes of the profile: what a citizen gives us, confirms, changes and takes back, each in one transaction.

The rows of e-mail addresses themselves are written in `emails`.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.errors import CannotOpen, KeysGone
from portal.platform.kit.errors import PortalError
from portal.platform.mail import actions as mail
from portal.platform.mail.types import MailMessage

from . import emails, queries, rules
from .journalling import ADDRESS, DISMISSAL, GIVE, PROPOSE, REFUSED, REMOVE, WITHDRAW, note, note_mail
from .types import OTHER_EMAIL, ConfirmAddress, Dismissal, KeptKind, NewDevice, PostalAddress, Trial

EVERYONE = UUID(int=0)  # stands for all citizens together, where codes to one address are counted

KEEP = """
insert into profile_kept (citizen_id, kind, sealed, consent, since) values (%s, %s, %s, %s, %s)
on conflict (citizen_id, kind)
do update set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
DROP = "delete from profile_kept where citizen_id = %s and kind = %s"
PUT_PROPOSAL = """
insert into profile_proposal
    (citizen_id, kind, id, sealed, code, mail_id, attempts_left, made_at, valid_until)
values (%(citizen)s, %(kind)s, %(id)s, %(sealed)s, %(code)s, %(mail)s, %(attempts)s, %(now)s, %(until)s)
on conflict (citizen_id, kind) do update set
    id = excluded.id, sealed = excluded.sealed, code = excluded.code, mail_id = excluded.mail_id,
    attempts_left = excluded.attempts_left, made_at = excluded.made_at, valid_until = excluded.valid_until
"""
TAKE_PROPOSAL = """
delete from profile_proposal where citizen_id = %s and kind = %s and id = %s and valid_until > %s returning sealed
"""
# One statement takes an attempt: requests at the same time wait for the row, and each takes its own.
TRY = """
update profile_proposal set attempts_left = attempts_left - 1
where citizen_id = %(citizen)s and kind = %(kind)s and attempts_left > 0 and valid_until > %(now)s
returning id, sealed, code, attempts_left
"""
STATE = "select valid_until > %s from profile_proposal where citizen_id = %s and kind = %s"
ADD_ADDRESS = "insert into profile_address (id, citizen_id, sealed, consent, since) values (%s, %s, %s, %s, %s)"
COUNT_ADDRESSES = "select count(*) from profile_address where citizen_id = %s"
CHANGE_ADDRESS = """
update profile_address set sealed = %s, consent = %s, since = %s where citizen_id = %s and id = %s
"""
DROP_ADDRESS = "delete from profile_address where citizen_id = %s and id = %s"
DISMISS = """
insert into profile_dismissal (citizen_id, mark, sealed, since) values (%s, %s, %s, %s) on conflict do nothing
"""
KEEP_NEWEST = """
delete from profile_dismissal where citizen_id = %(citizen)s and mark in (
    select mark from profile_dismissal where citizen_id = %(citizen)s order by since desc, mark offset %(most)s
)
"""
DROP_DISMISSAL = "delete from profile_dismissal where citizen_id = %s and mark = %s"
FORGET = [
    "delete from profile_kept where citizen_id = %s",
    "delete from profile_email where citizen_id = %s",
    "delete from profile_address where citizen_id = %s",
    "delete from profile_proposal where citizen_id = %s",
    "delete from profile_dismissal where citizen_id = %s",
]
RETIRE = """
with kept as (delete from profile_kept where citizen_id = any(%(citizens)b) returning citizen_id),
    email as (delete from profile_email where citizen_id = any(%(citizens)b) returning citizen_id),
    address as (delete from profile_address where citizen_id = any(%(citizens)b) returning citizen_id)
select citizen_id from kept union select citizen_id from email union select citizen_id from address
"""
EXPIRE = ["delete from profile_proposal where valid_until < %s", "delete from profile_code_sent where at < %s"]
EXPIRE_DISMISSALS = "delete from profile_dismissal where since < %s"
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
CODES_SENT = "select count(*) from profile_code_sent where mark = %s and at > %s"
COUNT_CODE = "insert into profile_code_sent (mark, at) values (%s, %s)"


class TooManyCodes(PortalError):
    """As many codes were mailed for this citizen, or to this address, as may be in an hour (`rules.CODES`)."""

    code = "codes"


class TooManyEmails(PortalError):
    """The citizen has as many e-mail addresses as they can have."""

    code = "emails"


class TooManyAddresses(PortalError):
    """The list of saved addresses is full."""

    code = "addresses"


async def propose_nickname(occasion: Occasion, nickname: str) -> None:
    """Remember a nickname until it is confirmed; it is not used before."""
    await citizens.ensure(occasion.citizen_id)
    box = await citizens.mail_box(occasion.citizen_id)
    key = uuid4()
    sealed = box.seal(nickname.encode(), rules.bound_proposal(KeptKind.NICKNAME, key))
    async with pool.as_citizen(occasion.citizen_id) as conn:
        until = occasion.now + rules.NICKNAME_WAITS
        await conn.execute(PUT_PROPOSAL, _proposal(occasion, KeptKind.NICKNAME, key, sealed, until))
        await note(conn, PROPOSE, occasion, [KeptKind.NICKNAME])


async def confirm_nickname(occasion: Occasion, proposal_id: UUID) -> bool:
    """Use the nickname that was proposed under this id; False when there is none such (any more)."""
    citizen_id = occasion.citizen_id
    try:
        box = await citizens.mail_box(citizen_id)
    except KeysGone:
        return False
    async with pool.as_citizen(citizen_id) as conn:
        values = (citizen_id, KeptKind.NICKNAME, proposal_id, occasion.now)
        row = await (await conn.execute(TAKE_PROPOSAL, values)).fetchone()
        if row is None:
            return False
        try:
            nickname = box.open(row[0], rules.bound_proposal(KeptKind.NICKNAME, proposal_id))
        except CannotOpen:
            return False
        sealed = box.seal(nickname, rules.bound_kept(KeptKind.NICKNAME))
        await conn.execute(KEEP, _row(occasion, KeptKind.NICKNAME, sealed))
        # Mails that wait to be sent greet with the new one too.
        await mail.greet(conn, citizen_id, nickname.decode())
        await note(conn, GIVE, occasion, [KeptKind.NICKNAME])
    return True


async def keep_photo(occasion: Occasion, photo: bytes) -> None:
    """Keep a photo, in place of the one that was there. photo: as `photo.square` made it."""
    await citizens.ensure(occasion.citizen_id)
    sealed = (await citizens.data_box(occasion.citizen_id)).seal(photo, rules.bound_kept(KeptKind.PHOTO))
    async with pool.as_citizen(occasion.citizen_id) as conn:
        await conn.execute(KEEP, _row(occasion, KeptKind.PHOTO, sealed))
        await note(conn, GIVE, occasion, [KeptKind.PHOTO])


async def propose_email(occasion: Occasion, address: str, *, code: str, kind: str = KeptKind.EMAIL) -> None:
    """Mail a code to an address; the address is not used before `confirm_email` was called with that code.

    address: one that mail can be sent to (`addresses.is_usable`). kind: KeptKind.EMAIL for the main one, OTHER_EMAIL
    for one beside it. Raise TooManyCodes, or TooManyEmails where the citizen has as many as they may.
    """
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    box = await citizens.mail_box(citizen_id)
    key = uuid4()
    marks = [
        await pseudonym.mark(citizen_id, b"profile codes", b""),
        await pseudonym.mark(EVERYONE, b"profile codes to", rules.mailbox_of(address)),
    ]
    until = occasion.now + rules.CODE_HOLDS
    async with pool.as_citizen(citizen_id) as conn:
        # It comes before the locks of `_count_code`: whoever holds those never waits for this one.
        await emails.lock(conn, citizen_id)
        await _see_room(conn, citizen_id, kind)
        await _count_code(conn, marks, occasion.now)
        await emails.drop_proposal(conn, citizen_id, kind)
        content = ConfirmAddress(code, until)
        nickname = await queries.greeting_in(conn, citizen_id)
        mail_id = await mail.send(conn, citizen_id, MailMessage(address, nickname, content))
        sealed = box.seal(address.encode(), rules.bound_proposal(kind, key))
        proposal = _proposal(occasion, kind, key, sealed, until)
        await conn.execute(PUT_PROPOSAL, {**proposal, "code": await _code(citizen_id, key, code), "mail": mail_id})
        await note(conn, PROPOSE, occasion, [KeptKind.EMAIL])
        greeting = [KeptKind.NICKNAME] if nickname else []
        await note_mail(conn, content, occasion, greeting)


async def confirm_email(occasion: Occasion, code: str, *, kind: str = KeptKind.EMAIL) -> Trial:
    """Try a code; the right one keeps the proposed address, as the main one or beside it; the main one gets a mail.

    Each trial takes one of the five attempts, also when several come at the same time. Raise TooManyEmails for the
    right code where the citizen got as many addresses as they may meanwhile.
    """
    citizen_id = occasion.citizen_id
    try:
        box = await citizens.mail_box(citizen_id)
    except KeysGone:
        return Trial.NONE
    async with pool.as_citizen(citizen_id) as conn:
        await emails.lock(conn, citizen_id)
        trial = {"citizen": citizen_id, "kind": kind, "now": occasion.now}
        row = await (await conn.execute(TRY, trial)).fetchone()
        if row is None:
            state = await (await conn.execute(STATE, (occasion.now, citizen_id, kind))).fetchone()
            return Trial.NONE if state is None else Trial.USED_UP if state[0] else Trial.EXPIRED
        key, sealed, expected, attempts_left = row
        if not hmac.compare_digest(bytes(expected), await _code(citizen_id, key, code)):
            if attempts_left == 0:
                await note(conn, REFUSED, occasion, [KeptKind.EMAIL])
            return Trial.WRONG
        try:
            address = box.open(sealed, rules.bound_proposal(kind, key))
        except CannotOpen:
            return Trial.NONE
        await _see_room(conn, citizen_id, kind)
        await emails.keep(conn, occasion, address.decode(), kind)
        await emails.drop_proposal(conn, citizen_id, kind)
    return Trial.CONFIRMED


async def withdraw_proposal(occasion: Occasion, kind: str) -> None:
    """Delete what was entered and not confirmed, and the mail with its code if that was not sent yet."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        if await emails.drop_proposal(conn, occasion.citizen_id, kind):
            await note(conn, WITHDRAW, occasion, [KeptKind.EMAIL if kind == OTHER_EMAIL else kind])


async def remove(occasion: Occasion, kind: Literal[KeptKind.NICKNAME, KeptKind.PHOTO]) -> bool:
    """Take away nickname or photo, and what was proposed in its place; tell whether there was one.

    One that cannot be read any more can be taken away too. `emails` takes addresses away.
    """
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        was_proposed = await emails.drop_proposal(conn, citizen_id, kind)
        was_there = bool((await conn.execute(DROP, (citizen_id, kind))).rowcount)
        if kind is KeptKind.NICKNAME and was_there:
            await mail.greet(conn, citizen_id, "")
        if was_there or was_proposed:
            await note(conn, REMOVE, occasion, [kind])
    return was_there


async def save_address(occasion: Occasion, address: PostalAddress) -> UUID:
    """Add an address to the list; return its id. Raise TooManyAddresses."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    key = uuid4()
    sealed = await _seal_address(citizen_id, key, address)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (f"profile_address {citizen_id}",))
        (count,) = await (await conn.execute(COUNT_ADDRESSES, (citizen_id,))).fetchone() or (0,)
        if count >= rules.MOST_ADDRESSES:
            raise TooManyAddresses
        await conn.execute(ADD_ADDRESS, (key, citizen_id, sealed, rules.CONSENT_ADDRESS, occasion.now))
        await note(conn, GIVE, occasion, [ADDRESS])
    return key


async def change_address(occasion: Occasion, address_id: UUID, address: PostalAddress) -> bool:
    """Put an address in the place of one of the citizen's own; False when there is none such."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    sealed = await _seal_address(citizen_id, address_id, address)
    async with pool.as_citizen(citizen_id) as conn:
        values = (sealed, rules.CONSENT_ADDRESS, occasion.now, citizen_id, address_id)
        is_there = bool((await conn.execute(CHANGE_ADDRESS, values)).rowcount)
        if is_there:
            await note(conn, GIVE, occasion, [ADDRESS])
    return is_there


async def remove_address(occasion: Occasion, address_id: UUID) -> bool:
    """Take away one of the citizen's own saved addresses; False when there is none such."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        is_there = bool((await conn.execute(DROP_ADDRESS, (occasion.citizen_id, address_id))).rowcount)
        if is_there:
            await note(conn, REMOVE, occasion, [ADDRESS])
    return is_there


async def dismiss(occasion: Occasion, dismissal: Dismissal) -> None:
    """Keep a dismissal; the same one again changes nothing."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    mark = await queries.mark_of(citizen_id, dismissal)
    box = await citizens.data_box(citizen_id)
    sealed = box.seal(msgspec.json.encode(dismissal), rules.bound_dismissal(mark))
    async with pool.as_citizen(citizen_id) as conn:
        if (await conn.execute(DISMISS, (citizen_id, mark, sealed, occasion.now))).rowcount:
            await conn.execute(KEEP_NEWEST, {"citizen": citizen_id, "most": rules.MOST_DISMISSALS})
            await note(conn, GIVE, occasion, [DISMISSAL])


async def show_again(occasion: Occasion, dismissal: Dismissal) -> bool:
    """Take a dismissal back; False when there is none such."""
    mark = await queries.mark_of(occasion.citizen_id, dismissal)
    async with pool.as_citizen(occasion.citizen_id) as conn:
        is_there = bool((await conn.execute(DROP_DISMISSAL, (occasion.citizen_id, mark))).rowcount)
        if is_there:
            await note(conn, REMOVE, occasion, [DISMISSAL])
    return is_there


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away all that a citizen gave us, in the caller's transaction."""
    for statement in FORGET:
        await conn.execute(statement, (citizen_id,))


async def retire(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> set[UUID]:
    """Take away nicknames, photos and addresses of these citizens; return those of whom there was anything.

    It is done in the worker's transaction, which sees the rows of these citizens (`pool.as_citizens`).
    """
    gone = await conn.execute(RETIRE, {"citizens": list(citizen_ids)}, binary=True)
    return {citizen_id for (citizen_id,) in await gone.fetchall()}


async def expire(before: datetime) -> int:
    """Delete proposals that ended, and counts of codes that were mailed, before a moment (UTC); return how many rows.

    For the worker. The moment lies `CODES_PER` ago or more, since younger codes still count for their limit.
    Dismissals go that are two years older: their signals may matter again. Kept values have no term of their own:
    they go when their citizen does not sign in for two years (`retire`).
    """
    ended = sum([await pool.sweep(statement, (before,)) for statement in EXPIRE])
    return ended + await pool.sweep(EXPIRE_DISMISSALS, (before - rules.DISMISSAL_HOLDS,))


async def _see_room(conn: AsyncConnection[Any], citizen_id: UUID, kind: str) -> None:
    """Raise TooManyEmails where an address of this kind would be one too many; the caller holds `emails.lock`."""
    if kind == OTHER_EMAIL and len(await queries.other_emails_in(conn, citizen_id)) >= rules.MOST_EMAILS - 1:
        raise TooManyEmails


async def _count_code(conn: AsyncConnection[Any], marks: list[bytes], now: datetime) -> None:
    """Count a code for a citizen and for an address (their marks). Raise TooManyCodes."""
    # In one order, so that two requests never wait for each other.
    for mark in sorted(marks):
        await conn.execute(ONE_BY_ONE, (f"profile_code_sent {mark.hex()}",))
        sent = await (await conn.execute(CODES_SENT, (mark, now - rules.CODES_PER))).fetchone()
        if sent is None or sent[0] >= rules.CODES:
            raise TooManyCodes
        await conn.execute(COUNT_CODE, (mark, now))


async def tell_of_new_device(conn: AsyncConnection[Any], occasion: Occasion, device: NewDevice) -> None:
    """Mail a citizen that they signed in with a new device, if they have an address, in the caller's transaction."""
    await emails.tell_main(conn, occasion, device)


async def _code(citizen_id: UUID, proposal_id: UUID, code: str) -> bytes:
    """Give the keyed hash by which a code is kept and compared."""
    return await pseudonym.mark(citizen_id, b"profile code " + proposal_id.bytes, code.encode())


async def _seal_address(citizen_id: UUID, address_id: UUID, address: PostalAddress) -> bytes:
    box = await citizens.data_box(citizen_id)
    return box.seal(msgspec.json.encode(address), rules.bound_address(address_id))


def _row(occasion: Occasion, kind: KeptKind, sealed: bytes) -> tuple[object, ...]:
    """Give the values of KEEP."""
    return (occasion.citizen_id, kind, sealed, rules.CONSENT[kind], occasion.now)


def _proposal(occasion: Occasion, kind: str, key: UUID, sealed: bytes, until: datetime) -> dict[str, object]:
    """Give the values of PUT_PROPOSAL, without a code."""
    return {
        "citizen": occasion.citizen_id,
        "kind": kind,
        "id": key,
        "sealed": sealed,
        "code": None,
        "mail": None,
        "attempts": rules.ATTEMPTS,
        "now": occasion.now,
        "until": until,
    }
