"""The e-mail addresses of a citizen: the main one, where mails of the portal go, and others beside it.

Each change is one transaction under one lock a citizen, so that two tabs neither lose an address nor keep it twice.
An address that is replaced or removed gets a last mail that says so; the main one gets a mail that says what changed.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import KeysGone
from portal.platform.mail import actions as mail
from portal.platform.mail.types import MailMessage

from . import queries, rules
from .journalling import CHANGE, GIVE, REMOVE, note, note_mail
from .types import OTHER_EMAIL, AddressChanged, AddressesChanged, KeptEmail, KeptKind, NewDevice

ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
# The id stays when the address is replaced: what refers to the id refers to the new address.
REPLACE_MAIN = """
insert into profile_kept (citizen_id, kind, sealed, consent, since)
values (%(citizen)s, 'email', %(sealed)s, %(consent)s, %(since)s)
on conflict (citizen_id, kind)
do update set sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
PUT_MAIN = """
insert into profile_kept (citizen_id, kind, id, sealed, consent, since)
values (%(citizen)s, 'email', %(id)s, %(sealed)s, %(consent)s, %(since)s)
on conflict (citizen_id, kind) do update
set id = excluded.id, sealed = excluded.sealed, consent = excluded.consent, since = excluded.since
"""
DROP_MAIN = "delete from profile_kept where citizen_id = %s and kind = 'email'"
PUT_OTHER = """
insert into profile_email (citizen_id, id, sealed, consent, since)
values (%(citizen)s, %(id)s, %(sealed)s, %(consent)s, %(since)s)
"""
DROP_OTHER = "delete from profile_email where citizen_id = %s and id = %s"
DROP_PROPOSAL = "delete from profile_proposal where citizen_id = %s and kind = %s returning mail_id"


async def lock(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Have other changes of the citizen's addresses wait for the end of the caller's transaction."""
    await conn.execute(ONE_BY_ONE, (f"profile_email {citizen_id}",))


async def keep(conn: AsyncConnection[Any], occasion: Occasion, address: str, kind: str) -> None:
    """Keep an address that was confirmed, in the caller's transaction, which holds the lock.

    kind: KeptKind.EMAIL puts it in the place of the main one, OTHER_EMAIL beside that one if there is one. An address
    that is there already is not kept twice.
    """
    citizen_id = occasion.citizen_id
    main = await queries.main_email_in(conn, citizen_id)
    others = await queries.other_emails_in(conn, citizen_id)
    same = [other for other in others if _has_address(other, address)]
    if kind == OTHER_EMAIL and main is not None:
        if not same and not _has_address(main, address):
            await tell_main(conn, occasion, AddressesChanged(occasion.now, "added"))
            added = KeptEmail(uuid4(), address, rules.CONSENT[KeptKind.EMAIL], occasion.now)
            await _put_other(conn, citizen_id, added)
            await note(conn, GIVE, occasion, [KeptKind.EMAIL])
        return
    await tell_main(conn, occasion, AddressChanged(occasion.now))
    for other in same:
        await conn.execute(DROP_OTHER, (citizen_id, other.id))
    row = {"consent": rules.CONSENT[KeptKind.EMAIL], "since": occasion.now}
    await conn.execute(REPLACE_MAIN, row | {"citizen": citizen_id, "sealed": await _seal_main(citizen_id, address)})
    await note(conn, GIVE, occasion, [KeptKind.EMAIL])


async def make_main(occasion: Occasion, email_id: UUID) -> bool:
    """Let mails of the portal go to another of the citizen's addresses; False when there is none such.

    The former main one stays beside it, with its id, unless it cannot be read any more. Both get a mail.
    """
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        await lock(conn, citizen_id)
        before = await queries.main_email_in(conn, citizen_id)
        chosen = await _other(conn, citizen_id, email_id)
        if chosen is None:
            return False
        content = AddressesChanged(occasion.now, "main")
        await tell_main(conn, occasion, content)
        await _put_in_place_of_main(conn, citizen_id, chosen)
        if before is not None and before.address is not None:
            await _put_other(conn, citizen_id, before)
        await tell_main(conn, occasion, content)
        await note(conn, CHANGE, occasion, [KeptKind.EMAIL])
    return True


async def remove_main(occasion: Occasion, successor: UUID | None = None) -> bool:
    """Take away the main address and all proposed addresses; tell whether there was a main one.

    successor: which of the others becomes the main one; while there are others, nothing is done without it. A main
    address that cannot be read any more can be taken away too.
    """
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        await lock(conn, citizen_id)
        others = await queries.other_emails_in(conn, citizen_id)
        chosen = await _other(conn, citizen_id, successor) if successor else None
        if chosen is None and any(other.address is not None for other in others):
            return False
        await tell_main(conn, occasion, AddressChanged(occasion.now))
        was_proposed = [await drop_proposal(conn, citizen_id, kind) for kind in (KeptKind.EMAIL, OTHER_EMAIL)]
        was_there = bool((await conn.execute(DROP_MAIN, (citizen_id,))).rowcount)
        if chosen is not None:
            await _put_in_place_of_main(conn, citizen_id, chosen)
            await tell_main(conn, occasion, AddressesChanged(occasion.now, "main"))
        if was_there or any(was_proposed):
            await note(conn, REMOVE, occasion, [KeptKind.EMAIL])
    return was_there


async def remove_other(occasion: Occasion, email_id: UUID) -> bool:
    """Take away an address that is not the main one; False when there is none such. Both get a mail."""
    citizen_id = occasion.citizen_id
    async with pool.as_citizen(citizen_id) as conn:
        await lock(conn, citizen_id)
        removed = await _other(conn, citizen_id, email_id)
        if not (await conn.execute(DROP_OTHER, (citizen_id, email_id))).rowcount:
            return False
        if removed is not None and removed.address is not None:
            await _tell(conn, occasion, removed.address, AddressChanged(occasion.now))
        await tell_main(conn, occasion, AddressesChanged(occasion.now, "removed"))
        await note(conn, REMOVE, occasion, [KeptKind.EMAIL])
    return True


async def drop_proposal(conn: AsyncConnection[Any], citizen_id: UUID, kind: str) -> bool:
    """Delete a proposal, and its mail if that was not sent yet; tell whether there was a proposal."""
    row = await (await conn.execute(DROP_PROPOSAL, (citizen_id, kind))).fetchone()
    if row is not None and row[0] is not None:
        await mail.withdraw(conn, citizen_id, row[0])
    return row is not None


async def tell_main(
    conn: AsyncConnection[Any], occasion: Occasion, content: NewDevice | AddressChanged | AddressesChanged
) -> None:
    """Mail to the main address; do nothing where there is none, or it cannot be read any more."""
    address = await queries.words_in(conn, occasion.citizen_id, KeptKind.EMAIL)
    if address is not None:
        await _tell(conn, occasion, address, content)


async def _tell(
    conn: AsyncConnection[Any],
    occasion: Occasion,
    address: str,
    content: NewDevice | AddressChanged | AddressesChanged,
) -> None:
    nickname = await queries.greeting_in(conn, occasion.citizen_id)
    opened = [KeptKind.EMAIL, KeptKind.NICKNAME] if nickname else [KeptKind.EMAIL]
    await note_mail(conn, content, occasion, opened)
    with suppress(KeysGone):
        await mail.send(conn, occasion.citizen_id, MailMessage(address, nickname, content))


async def _other(conn: AsyncConnection[Any], citizen_id: UUID, email_id: UUID) -> KeptEmail | None:
    """Find one of the other addresses; None also when it cannot be read any more."""
    others = await queries.other_emails_in(conn, citizen_id)
    return next((other for other in others if other.id == email_id and other.address is not None), None)


async def _put_in_place_of_main(conn: AsyncConnection[Any], citizen_id: UUID, chosen: KeptEmail) -> None:
    await conn.execute(DROP_OTHER, (citizen_id, chosen.id))
    sealed = await _seal_main(citizen_id, chosen.address or "")
    row = {"citizen": citizen_id, "id": chosen.id, "sealed": sealed}
    await conn.execute(PUT_MAIN, row | {"consent": chosen.consent, "since": chosen.since})


async def _put_other(conn: AsyncConnection[Any], citizen_id: UUID, email: KeptEmail) -> None:
    sealed = (await _box(citizen_id)).seal((email.address or "").encode(), rules.bound_email(email.id))
    row = {"citizen": citizen_id, "id": email.id, "sealed": sealed}
    await conn.execute(PUT_OTHER, row | {"consent": email.consent, "since": email.since})


async def _seal_main(citizen_id: UUID, address: str) -> bytes:
    return (await _box(citizen_id)).seal(address.encode(), rules.bound_kept(KeptKind.EMAIL))


async def _box(citizen_id: UUID) -> Box:
    return await citizens.mail_box(citizen_id)


def _has_address(email: KeptEmail, address: str) -> bool:
    return email.address is not None and rules.is_same_email(email.address, address)
