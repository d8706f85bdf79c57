"""Limit how many questions a network may ask in an hour, and how many are sent to the contact centre in an hour.

Owns `mail_question_rate`: for an hour, a keyed hash of each network that a question came from, which differs each
day. No address is stored, and refused questions are not counted. The counts stand in the database, since processes of
the portal share no memory: counted in each, N processes would allow N times as many.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import pseudonym
from portal.platform.kit.networks import around

from .errors import TooManyFromNetwork, TooManyQuestions

WINDOW = timedelta(hours=1)
# Questions from one address in WINDOW: twenty people in one library can each ask something.
MOST = 20
# Questions that are sent in WINDOW; people ask some dozens. More would bury those of people in the centre's mailbox.
MOST_AN_HOUR = 300
# Questions above that limit wait, at most this long; then people are asked to call.
LONGEST_WAIT = timedelta(hours=10)

COUNT = "select mark, count(*) from mail_question_rate where mark = any(%s) and at > now() - %s group by mark"
NOTE = "insert into mail_question_rate (mark) select unnest(%s::bytea[])"
EXPIRE = "delete from mail_question_rate where at < %s"
# `clock_timestamp()` and not `now()`, which is from before the wait for the lock: nobody may be planned before those
# who came earlier. Each is planned an hour after the one MOST_AN_HOUR places ahead, so that no period of an hour has
# more.
PLAN = """
select at, at > clock, at > clock + %s from (
    select clock, greatest(clock, (
        select send_at + %s from mail_question order by send_at desc offset %s limit 1
    )) as at from clock_timestamp() as clock
) as planned
"""
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"

log = logging.getLogger("portal.contact")


class NetworkLimit(msgspec.Struct, frozen=True):
    """A network that a question comes from, and how many questions it may ask in an hour."""

    name: str
    most: int


class NetworkMark(msgspec.Struct, frozen=True):
    """A network as the database knows it: a keyed hash of 32 bytes, which names it to nobody without our key.

    before: the mark of an hour ago, which differs in the first hour of a day only. most: questions in an hour.
    """

    mark: bytes
    before: bytes
    most: int

    @property
    def names(self) -> set[bytes]:
        """The marks under which the questions of the last hour were counted."""
        return {self.mark, self.before}


def networks(address: str) -> list[NetworkLimit]:
    """List the networks around an IP address, the narrowest first, with limits; other text is one network."""
    return [NetworkLimit(name, MOST * times) for name, times in around(address)]


async def marks_of(address: str, now: datetime) -> list[NetworkMark]:
    """Give the marks of the networks around an address at a moment (UTC)."""

    async def mark(network: NetworkLimit, at: datetime) -> bytes:
        return await pseudonym.mac(f"question network\0{at.date()}\0{network.name}".encode())

    return [NetworkMark(await mark(one, now), await mark(one, now - WINDOW), one.most) for one in networks(address)]


async def check(conn: AsyncConnection[Any], found: Sequence[NetworkMark]) -> None:
    """Lock these networks for the caller's transaction and check their counts. Raise TooManyFromNetwork."""
    names = sorted(set().union(*(one.names for one in found)))
    for name in names:  # in a fixed order, so that two requests cannot deadlock
        await conn.execute(ONE_BY_ONE, (f"mail_question_rate {name.hex()}",))
    sent = dict(await (await conn.execute(COUNT, (names, WINDOW))).fetchall())
    if any(sum(sent.get(name, 0) for name in one.names) >= one.most for one in found):
        raise TooManyFromNetwork


async def count(conn: AsyncConnection[Any], found: Sequence[NetworkMark]) -> None:
    """Count one more question in each of these networks, in the caller's transaction."""
    await conn.execute(NOTE, ([one.mark for one in found],))


async def plan(conn: AsyncConnection[Any]) -> datetime:
    """Give the moment (UTC) at which the next question is sent. Raise TooManyQuestions beyond LONGEST_WAIT.

    It takes a lock for the caller's transaction, which stores the question with that moment: so no two get one place.
    """
    await conn.execute(ONE_BY_ONE, ("mail_question",))
    row = await (await conn.execute(PLAN, (LONGEST_WAIT, WINDOW, MOST_AN_HOUR - 1))).fetchone()
    if row is None or row[2]:
        raise TooManyQuestions
    at: datetime = row[0]
    if row[1]:
        log.warning(
            "more questions than are passed on in an hour: the next waits until %s",
            f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        )
    return at


async def expire(before: datetime) -> int:
    """Delete the counts of questions from before a moment (UTC); return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before,))
