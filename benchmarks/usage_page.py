"""How twenty thousand uses of a citizen's data, among millions of journal rows, slow down the page that lists them.

    ROWS=5000000 make bench B=usage_page_ratio      among as many

Two citizens have accesses of their own and of the worker: one 20,000 in the last year, the other 20 in the last three
weeks; the other rows are of other citizens. Both open "Wie gebruikte uw gegevens?" in turn, over HTTP. The value is
the ratio of the processor times of portal and database for a page, the median of the rounds. Opening the page is
journalled too; those entries are deleted after each round. The ratios with each filter, and of the page with the
year, are reported apart.
"""

import os
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import psycopg

from deploy.local.house import House, running_house
from deploy.local.processes import stop_all

from . import browser, processor
from .figures import Figure, median, quartiles, ratios, round_off
from .scene import RAISED
from .stage import own_cluster

TARGET = 1.5
MANY, FEW = ("84651421235", 20_000, 365), ("47692310692", 20, 20)
ROWS = 500_000
PAGE = "/privacy/gebruik/"
LOOK = "look at who used own data"
ROUNDS, PER_ROUND, WARM_UP = 9, 12, 20
# The filters that are measured: by others, of certain days, of a body, and a word that occurs nowhere.
FILTERS: Mapping[str, Mapping[str, str]] = {
    "others": {"wie": "anderen"},
    "days": {"van": "2026-01-01", "tot": "2026-12-31"},
    "body": {"dienst": "burgerprofiel"},
    "words": {"zoek": "zebra"},
}

# For each access its begin and its end, in the order of time; every fifth is by the worker. Triggers are off.
LINES = """
with o as materialized (
    select n, {whose} as subject, uuid_send(gen_random_uuid()) as trace,
        substr(uuid_send(gen_random_uuid()), 1, 8) as operation,
        (extract(epoch from now()) * 1000 - {days} * 86400000.0 * ({count} - n) / {count} - 60000)::bigint as at
    from generate_series(1, {count}) n
), rows as (
    select n, 0 as part, subject, trace, operation, at from o union all
    select n, 1, subject, trace, operation, at from o
)
insert into journal_entry (
    trace_id, operation_id, subject, status, name, actor_kind, actor, start_ms, activities, end_ms, outcomes
) select trace, operation, subject, part,
    case when part = 0 then case when n % 5 = 0 then 'send a mail' else 'look at own data' end end,
    case when part = 0 then case when n % 5 = 0 then 'system' else 'citizen' end end,
    case when part = 0 and n % 5 = 0 then 'worker' end,
    case when part = 0 then at end,
    case when part = 0 then case when n % 5 = 0 then k.known[1:1] else k.known end end,
    case when part = 1 then at + 300 end,
    case when part = 1 then case when n % 5 = 0 then array['ready'] else array_fill('ready'::text, array[10]) end end
from rows, known k order by n, part
"""
BEFORE = (
    "set session_replication_role = replica",
    "set synchronous_commit = off",
    "create temporary table known as select array(select id from journal_activity order by id limit 10) as known",
    "create temporary table people as select array_agg(gen_random_uuid()) as them from generate_series(1, 20000)",
)
INDEXES = "select indexdef, indexname from pg_indexes where tablename = 'journal_entry' and indexname !~ 'pkey'"


def measure() -> Figure:
    """Measure in a house whose PostgreSQL is its own."""
    rows = int(os.environ.get("ROWS", ROWS))
    with own_cluster("mbp-usage-") as folder, running_house(RAISED, state=folder) as house:
        stop_all([house.child("worker")])
        cookies = [browser.sign_in(house.portal, person) for person, *_ in (MANY, FEW)]
        with (
            closing(house.cluster.superuser(house.database)) as past_walls,
            closing(psycopg.connect(house.urls.owner, autocommit=True)) as owner,
        ):
            past_walls.autocommit = True
            _fill(house, past_walls, cookies, rows)
            return _measure(house, past_walls, owner, cookies)


def _fill(house: House, past_walls: psycopg.Connection, cookies: list[str], rows: int) -> None:
    """Insert the entries of both citizens and of others; the indexes are dropped first and made again."""
    pages = {"overview": "/uw-gegevens/", "usage": PAGE}
    with _line(house) as line:
        for cookie in cookies:
            for page in pages.values():
                _page(line, cookie, page)
    subjects = [
        past_walls.execute(
            "select subject from journal_entry where subject is not null and name = %s order by id offset %s limit 1",
            (LOOK, number),
        ).fetchone()
        for number in (0, 1)
    ]
    for statement in BEFORE:
        past_walls.execute(statement.encode())
    indexes = past_walls.execute(INDEXES).fetchall()
    for _, name in indexes:
        past_walls.execute(f"drop index {name}".encode())
    past_walls.execute("truncate journal_entry")
    others = max(rows // 2 - MANY[1] - FEW[1], 0)
    spread = "(select them[1 + n % 20000] from people)"
    past_walls.execute(LINES.format(whose=spread, days=365, count=others).encode())
    for (_, count, days), subject in zip((MANY, FEW), subjects, strict=True):
        assert subject is not None
        past_walls.execute(LINES.format(whose=f"'{subject[0]}'::uuid", days=days, count=count).encode())
    for definition, _ in indexes:
        past_walls.execute(definition.encode())
    past_walls.execute("vacuum analyze journal_entry")


def _measure(house: House, past_walls: psycopg.Connection, owner: psycopg.Connection, cookies: list[str]) -> Figure:
    portal = house.child("portal").process.pid
    with _line(house) as line:
        addresses = {"all": [PAGE] * 2, "year": [f"{PAGE}jaar/"] * 2} | {
            name: [_address(line, cookie, filter_form) for cookie in cookies] for name, filter_form in FILTERS.items()
        }
        costs: dict[str, list[tuple[float, ...]]] = {name: [] for name in addresses}
        for name, pages in addresses.items():
            for page, cookie in zip(pages, cookies, strict=True):
                for _ in range(WARM_UP):
                    _page(line, cookie, page)
            _forget_looks(past_walls)
            for number in range(ROUNDS):
                cost = [(0.0, 0.0, 0.0)] * 2
                for side in (0, 1) if number % 2 else (1, 0):
                    cost[side] = _cost(line, portal, owner, cookies[side], pages[side])
                _forget_looks(past_walls)
                costs[name].append((*cost[0], *cost[1]))
    value = {
        name: ratios(
            [cost_of_pair[0] + cost_of_pair[1] for cost_of_pair in pairs],
            [cost_of_pair[3] + cost_of_pair[4] for cost_of_pair in pairs],
        )
        for name, pairs in costs.items()
    }
    ((count, size),) = house.rows(
        "select count(*), pg_size_pretty(pg_total_relation_size('journal_entry')) from journal_entry"
    )
    parts = (
        "many_portal_ms",
        "many_database_ms",
        "many_elapsed_ms",
        "few_portal_ms",
        "few_database_ms",
        "few_elapsed_ms",
    )
    more: dict[str, object] = {
        "quartiles": quartiles(value["all"]),
        **{
            part: round_off(median([cost_of_pair[at] for cost_of_pair in costs["all"]]))
            for at, part in enumerate(parts)
        },
        **{f"with_{name}": round_off(median(value[name])) for name in (*FILTERS, "year")},
        "rows": count,
        "size": size,
    }
    return Figure("usage_page_ratio", median(value["all"]), "ratio", TARGET, more)


def _cost(
    line: HTTPConnection, portal: int, owner: psycopg.Connection, cookie: str, page: str
) -> tuple[float, float, float]:
    """Open a page PER_ROUND times; return the milliseconds of each: of portal, of database, and elapsed."""
    before, database = processor.cpu_s(portal), processor.backends_cpu_s(owner)
    began = time.perf_counter()
    for _ in range(PER_ROUND):
        _page(line, cookie, page)
    spent = time.perf_counter() - began
    of_portal = processor.cpu_s(portal) - before
    of_database = processor.backends_cpu_s(owner) - database
    return of_portal / PER_ROUND * 1000, of_database / PER_ROUND * 1000, spent / PER_ROUND * 1000


def _forget_looks(past_walls: psycopg.Connection) -> None:
    """Delete the journal entries of opening the page, so that each round finds as many as the one before."""
    past_walls.execute(
        "delete from journal_entry where operation_id in (select operation_id from journal_entry where name = %s "
        "and id > (select max(id) - 2000 from journal_entry)) and id > (select max(id) - 2000 from journal_entry)",
        (LOOK,),
    )


def _line(house: House) -> closing[HTTPConnection]:
    return closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60))


def _page(line: HTTPConnection, cookie: str, page: str) -> bytes:
    line.request("GET", page, headers={"Cookie": f"{browser.SESSION}={cookie}"})
    response = line.getresponse()
    content = response.read()
    if response.status != 200:
        raise browser.UnexpectedAnswerError(f"{page}: status {response.status}")
    return content


def _address(line: HTTPConnection, cookie: str, filter_form: Mapping[str, str]) -> str:
    """Post a filter; return the address with the sealed filter to which the portal leads."""
    headers = {
        "Cookie": f"{browser.SESSION}={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    line.request("POST", PAGE, urlencode(filter_form), headers)
    response = line.getresponse()
    response.read()
    if response.status != 303:
        raise browser.UnexpectedAnswerError(f"{PAGE}: status {response.status}")
    return str(response.headers["Location"]).partition("#")[0]
