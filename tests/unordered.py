"""Rows that a statement does not order come in another order than the database gave them.

PostgreSQL promises none, and yet in a small table it is nearly always that in which rows were written: what relies on
it passes every test, until a table is vacuumed. Here it is another, and the same in each run: a failure comes again.
"""

import re
from collections import deque
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from psycopg import AsyncConnection, AsyncCursor

QUOTED = re.compile(r"'[^']*'|--[^\n]*")
IN_PARENTHESES = re.compile(r"\([^()]*\)")
ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


def has_order(statement: str) -> bool:
    """Tell whether a statement orders its rows itself: what a part of it in parentheses orders does not count."""
    outer = QUOTED.sub("", statement)
    while (inner := IN_PARENTHESES.sub("", outer)) != outer:
        outer = inner
    return ORDERED.search(outer) is not None


def riffle[Row](rows: Sequence[Row]) -> list[Row]:
    """Put rows in another order: the first comes last, and of four or more no group stays together.

    Two rows change places, which may happen to be the order that a test expects: a test of an order has three.
    """
    return [*rows[1::2][::-1], *rows[::2][::-1]]


class UnorderedCursor(AsyncCursor[Any]):
    """Gives rows in the order of their statement, or else in one that nobody relies on.

    recent: the statements that were run last, in whichever connection.
    """

    recent: ClassVar[deque[str]] = deque(maxlen=200)
    _is_ordered = True
    _left: list[Any] | None = None

    async def execute(self, query: Any, params: Any = None, **given: Any) -> Self:
        """Run a statement."""
        statement = query.decode() if isinstance(query, bytes) else str(query)
        self._is_ordered, self._left = has_order(statement), None
        self.recent.append(statement)
        return await super().execute(query, params, **given)

    async def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        if self._is_ordered:
            return await super().fetchall()
        rows, self._left = await self._rest(), []
        return rows

    async def fetchone(self) -> Any:
        """Give the next row, None after the last."""
        if self._is_ordered:
            return await super().fetchone()
        rows = await self._rest()
        return rows.pop(0) if rows else None

    async def __anext__(self) -> Any:
        if (row := await self.fetchone()) is None:
            raise StopAsyncIteration
        return row

    async def _rest(self) -> list[Any]:
        if self._left is None:
            self._left = riffle(await super().fetchall())
        return self._left


def read_unordered(connection: type[AsyncConnection[Any]]) -> None:
    """Let all connections of a class read so."""
    made = connection.__init__

    def init(self: AsyncConnection[Any], *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        self.cursor_factory = UnorderedCursor

    connection.__init__ = init
