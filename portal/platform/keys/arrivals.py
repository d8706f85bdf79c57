"""Seal what arrives for citizens (notices, reported dossiers), also for people who have no keys; its citizen opens
it.

For a citizen with keys it is sealed to their public key. For anybody else no keys are made: it is sealed to a pair of
the installation, bound to that citizen, and is to be sealed anew once they sign in. Both take the same work: neither
answer nor time tells the sender whether somebody was ever here.
"""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.platform.database import pool

from . import citizens, pseudonym, service
from .boxes import Letterbox, LetterboxKey
from .errors import CannotOpen, KeysGone

TO_CITIZEN, TO_INSTALLATION = b"\x01", b"\x02"  # the first byte of a sealed value; after the second, the pair's id
IN_A_ROW = 50  # values that are sealed before others have the loop: some 5 ms
PUBLIC_BYTES, ID_BYTES = citizens.PUBLIC_BYTES, 16

FIND = "select citizen_id, pair, public_key from keys_letterboxes(%s)"
CREATE = "insert into keys_arrival (id, private_key, public_key) values (%s, %s, %s)"
PRIVATE = "select id, private_key from keys_arrival where id = any(%s)"
EVERY = "select id, private_key from keys_arrival order by created_at, id"
REWRAP = "update keys_arrival set private_key = %s where id = %s"


class Arrival(NamedTuple):
    """A value to seal: for whom, its bytes, and the place that it is bound to (its table and row)."""

    citizen_id: UUID
    content: bytes
    bound: bytes


class Rewrapped(NamedTuple):
    """How many rows were wrapped anew, and how many do not open, so that they stayed as they were."""

    done: int
    failed: int


class SealedArrival(NamedTuple):
    """A sealed value. is_waiting: the citizen has no keys, so it is to be sealed anew when they have."""

    content: bytes
    is_waiting: bool


async def seal(citizen_id: UUID, content: bytes, bound: bytes) -> SealedArrival:
    """Seal a value that arrives for a citizen; the result is 49 bytes longer, or 65 while they have no keys."""
    return (await seal_all([Arrival(citizen_id, content, bound)]))[0]


async def seal_all(arrivals: Sequence[Arrival]) -> list[SealedArrival]:
    """Seal what arrives for many citizens, in its order: one message to the key database.

    Of very many, others have the loop between two stretches. Raises CannotOpen when a public key is not one that we
    made.
    """
    known, (pair_id, kept) = await _letterboxes({arrival.citizen_id for arrival in arrivals})
    pair = pair_id, _check_mark(kept, await _mark(pair_id, kept[:PUBLIC_BYTES]))
    sealed = []
    for at, arrival in enumerate(arrivals, 1):
        sealed.append(await _seal(arrival, known.get(arrival.citizen_id), pair))
        if at % IN_A_ROW == 0:
            await asyncio.sleep(0)
    return sealed


def seal_to(public_key: bytes, arrival: Arrival) -> bytes:
    """Seal a value to a public key of its citizen that the caller has checked (`citizens.public_key`)."""
    box = Letterbox(public_key, arrival.citizen_id.bytes)
    return TO_CITIZEN + box.seal(arrival.content, arrival.bound)


async def seal_anew(citizen_id: UUID, waiting: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Seal what waited for a citizen who has signed in, in its order; they get keys when they have none.

    waiting: each content, and the place that it is bound to.
    """
    await citizens.ensure(citizen_id)
    sealed = await seal_all([Arrival(citizen_id, content, bound) for content, bound in waiting])
    return [arrival.content for arrival in sealed]


async def _seal(arrival: Arrival, known: bytes | None, pair: tuple[UUID, bytes]) -> SealedArrival:
    owner, (pair_id, public) = arrival.citizen_id, pair
    begins = TO_INSTALLATION + pair_id.bytes
    if known is not None:
        public = _check_mark(known, await pseudonym.mark(owner, b"public key", known[:PUBLIC_BYTES]))
        begins = TO_CITIZEN
    return SealedArrival(begins + Letterbox(public, owner.bytes).seal(arrival.content, arrival.bound), known is None)


class Opener:
    """Opens what arrived for one citizen. Never printed."""

    def __init__(self, own: LetterboxKey | None, pairs: dict[bytes, LetterboxKey]) -> None:
        self._own, self._pairs = own, pairs

    def __repr__(self) -> str:
        return "Opener(…)"

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what `seal` made; CannotOpen when it was changed, moved, another's, or its keys are gone."""
        if sealed[:1] == TO_INSTALLATION:
            key, content = self._pairs.get(_pair_of(sealed)), sealed[1 + ID_BYTES :]
        else:
            key, content = (self._own if sealed[:1] == TO_CITIZEN else None), sealed[1:]
        if key is None:
            raise CannotOpen("What arrived.")
        return key.open(content, bound)


async def opener(citizen_id: UUID, sealed: Sequence[bytes]) -> Opener:
    """Return the opener of these sealed values of a citizen; for other values it may lack keys.

    A key that does not open is left out: it keeps nobody from what other keys open.
    """
    own = None
    if any(each[:1] == TO_CITIZEN for each in sealed):
        with suppress(KeysGone, CannotOpen):
            own = await citizens.letterbox_key(citizen_id)
    pairs = {UUID(bytes=_pair_of(each)) for each in sealed if each[:1] == TO_INSTALLATION and len(each) > ID_BYTES}
    if not pairs:
        return Opener(own, {})
    keys: dict[bytes, LetterboxKey] = {}
    for pair, wrapped in await pool.repeatable(PRIVATE, (list(pairs),), alias=pool.KEYS):
        with suppress(CannotOpen):
            keys[pair.bytes] = LetterboxKey(await _private(pair, wrapped), citizen_id.bytes)
    return Opener(own, keys)


async def rewrap() -> Rewrapped:
    """Wrap the installation's pairs under the newest master key, those that were wrapped under an older one.

    A pair that does not open is passed over. When any is wrapped anew, what arrives from now on is sealed to a new
    pair: whoever had the old master key may have the old pairs too. It is made first, since a later run cannot tell
    any more that it is to be made once all are wrapped anew.
    """
    keys, failed, changed = service.installed(), 0, list[tuple[str, UUID]]()
    for pair, wrapped in await pool.repeatable(EVERY, alias=pool.KEYS):
        try:
            new = await keys.rewrap(service.ARRIVAL, wrapped, _context(pair))
        except CannotOpen:
            failed += 1
            continue
        if new != wrapped:
            changed.append((new, pair))
    if changed:
        await _make_pair()
    for each in changed:
        async with pool.transaction(pool.KEYS) as conn:
            await conn.execute(REWRAP, each)
    return Rewrapped(len(changed), failed)


async def _letterboxes(owners: set[UUID]) -> tuple[dict[UUID, bytes], tuple[UUID, bytes]]:
    """Find the public keys of those who have keys, and the installation's newest pair (id, public key).

    A public key has its mark behind it. Makes the first pair when there is none.
    """
    for _ in range(2):
        rows: list[Any] = await pool.repeatable(FIND, (list(owners),), alias=pool.KEYS)
        known = {citizen_id: bytes(public) for citizen_id, _, public in rows if citizen_id is not None}
        for citizen_id, pair, public in rows:
            if citizen_id is None:
                return known, (pair, bytes(public))
        await _make_pair()
    raise CannotOpen("There is no pair of the installation.")


async def _make_pair() -> None:
    pair, made = uuid4(), X25519PrivateKey.generate()
    public = made.public_key().public_bytes_raw()
    wrapped = await service.installed().wrap(service.ARRIVAL, made.private_bytes_raw(), _context(pair))
    async with pool.transaction(pool.KEYS) as conn:
        await conn.execute(CREATE, (pair, wrapped, public + await _mark(pair, public)))


async def _mark(pair: UUID, public: bytes) -> bytes:
    """Make the MAC that proves that we made a public key: the table's owner could put in one of their own."""
    return await pseudonym.mac(b"\0".join((b"arrival", pair.bytes, public)))


def _check_mark(kept: bytes, mark: bytes) -> bytes:
    """Return the public key in front of its mark; CannotOpen when the mark is another."""
    if not hmac.compare_digest(kept[PUBLIC_BYTES:], mark):
        raise CannotOpen("A public key.")
    return kept[:PUBLIC_BYTES]


async def _private(pair: UUID, wrapped: str) -> bytes:
    return await service.installed().unwrap(service.ARRIVAL, wrapped, _context(pair))


def _pair_of(sealed: bytes) -> bytes:
    return sealed[1 : 1 + ID_BYTES]


def _context(pair: UUID) -> bytes:
    return pair.bytes + b"arrival"
