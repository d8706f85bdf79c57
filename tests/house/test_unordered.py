"""Whoever relies on an order that no statement asks for is found out by the tests."""

import pytest

from portal.platform.database import pool
from tests.unordered import has_order, riffle

THREE = "select n from unnest(array[1, 2, 3]) as n"


@pytest.mark.parametrize(
    ("statement", "is_ordered"),
    [
        ("select n from numbers", False),
        ("select n from numbers ORDER\n BY n desc limit 3", True),
        ("select array_agg(n order by n) from numbers group by m", False),
        ("select n, lag(n) over (partition by (m) order by n) from numbers", False),
        ("select n from (select n from numbers order by n) as inner_one", False),
        ("with a as (select 1 order by 1) select n from a order by n", True),
        ("select 'order by' from numbers -- order by", False),
    ],
)
def test_only_the_outermost_order_counts(statement: str, is_ordered: bool):
    assert has_order(statement) is is_ordered


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_neither_the_first_row_nor_the_last_is_where_it_was(count: int):
    rows = list(range(count))
    other = riffle(rows)
    assert sorted(other) == rows
    assert (other[0], other[-1]) == (rows[-1 - count % 2], rows[0])


def test_rows_that_came_together_do_not():
    assert riffle("aabb") == ["b", "a", "b", "a"]


async def test_code_that_relies_on_the_order_of_rows_fails(database: None):
    async def newest() -> int:
        return (await pool.repeatable(THREE))[-1][0]

    assert await newest() != 3


@pytest.mark.parametrize(("order", "rows"), [("", [2, 3, 1]), (" order by n", [1, 2, 3])])
async def test_rows_come_alike_however_they_are_fetched(database: None, order: str, rows: list[int]):
    async with pool.connection() as conn:
        assert [row[0] for row in await (await conn.execute(THREE + order)).fetchall()] == rows
        cursor = await conn.execute(THREE + order)
        assert [(await cursor.fetchone())[0] for _ in rows] == rows
        assert await cursor.fetchone() is None
        assert [row[0] async for row in await conn.execute(THREE + order)] == rows
