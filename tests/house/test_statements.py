"""The statements that each page sends to the databases, approved as a file.

`APPROVE=1 make test T=tests/house/test_statements.py` writes what pages ask now; `git diff` says what changed. A page
is opened twice by somebody who just signed in, and the second time counts: what only the first asks (names in the
journal's register, prepared statements) is there then. No source is asked.
"""

import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.platform.access.types import Audience
from portal.platform.sources import catalogue
from tests.between import Between
from tests.citizen import Citizen, person, sign_in
from tests.unordered import UnorderedCursor
from tests.walks import table
from tests.walks.example import nothing

APPROVED = Path(__file__).with_name("statements.txt")
LONG = 60  # seconds that the pools wait: on no machine does anything end for that
NOBODY_ELSE = "85011345772"  # what other tests leave of a person would be asked too
NAMES = re.compile(r"\b(?:from|into|update|join)\s+(?!lateral\b|unnest\b)(?:public\.)?([a-z_]+)")


def pages() -> Iterator[tuple[table.Address, str]]:
    """List the pages that somebody can open at once, each with its plainest example."""
    for address in table.addresses():
        for example in address.examples:
            is_open = table.seen_by(address, example) in (Audience.ANYONE, Audience.CITIZEN)
            if is_open and example.form is None and example.prepare is nothing and example.status == 200:
                yield address, address.path(example)
                break


def in_short(statement: str) -> str:
    """Shorten a statement to its verb and its tables, `select access_session`; without tables it stays whole."""
    plain = " ".join(statement.split()).lower()
    names = dict.fromkeys(NAMES.findall(plain))
    return " ".join([plain.partition(" ")[0], *names]) if names else plain


@pytest_asyncio.fixture
async def wire(between: Between) -> AsyncIterator[None]:
    """Give one connection a database, and sources that nobody asks."""
    known = catalogue.installed()
    off = {one.dataset.source for one in known.entries} | {one.source for body in known.agencies for one in body.asks}
    await between.open_pools(LONG, most=1)
    with override_settings(ALLOWED_HOSTS=["testserver"], SOURCES_OFF=frozenset(off)):
        yield


async def asked_by(who: Citizen, path: str) -> list[str]:
    """Open a page to its end, and list the statements that it runs.

    How often an overview waits for them is counted in `test_round_trips`.
    """
    UnorderedCursor.recent.clear()
    answer = await who.gets(path)
    assert answer.status_code == 200, path
    if answer.streaming:
        async for _ in answer:
            pass
    return [*map(in_short, UnorderedCursor.recent)]


@pytest.mark.usefixtures("wire")
async def test_what_pages_ask_of_the_databases_is_approved():
    who = msgspec.structs.replace(person(NOBODY_ELSE), authenticated_at=datetime.now(UTC))
    visitor = await sign_in(who)
    lines = []
    for address, path in pages():
        await asked_by(visitor, path)
        lines += [address.name, *(f"  {line}" for line in await asked_by(visitor, path))]
    written = "\n".join(lines) + "\n"
    if os.environ.get("APPROVE"):
        APPROVED.write_text(written, "utf-8")
    assert written == APPROVED.read_text("utf-8")


def test_a_statement_is_put_in_short():
    statement = "with a as (update  One set x = 1 returning x)\n insert into public.two select x from a join three"
    assert (in_short(statement), in_short("select  1")) == ("with one two a three", "select 1")
