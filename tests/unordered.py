"""Give the rows of a statement without ORDER BY in another order than the database did.

PostgreSQL promises no order, and yet rows of a small table nearly always come as they were written: code that relies
on it passes every test, until a table is vacuumed. Here they come in another order, the same in each run, so that a
failure can be repeated.
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
    """Tell whether a statement orders its rows: an ORDER BY in parentheses does not count."""
    outer = QUOTED.sub("", statement)
    while (inner := IN_PARENTHESES.sub("", outer)) != outer:
        outer = inner
    return ORDERED.search(outer) is not None


def riffle[Row](rows: Sequence[Row]) -> list[Row]:
    """Put rows in another order: the first comes last, and of four or more rows no two neighbours stay neighbours.

    Two rows change places, which may happen to be the order that a test expects: a test of an order needs three rows.
    """
    return [*rows[1::2][::-1], *rows[::2][::-1]]


class UnorderedCursor(AsyncCursor[Any]):
    """A cursor that riffles the rows of a statement without ORDER BY.

    recent: the statements that were executed last, on any connection.
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
    """Let all connections of a class use UnorderedCursor."""
    made = connection.__init__

    def init(self: AsyncConnection[Any], *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        self.cursor_factory = UnorderedCursor

    connection.__init__ = init
