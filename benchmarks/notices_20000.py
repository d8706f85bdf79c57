"""How twenty thousand notices of a citizen, among two million of others, slow down their list.

    ROWS=5000000 make bench B=notices_20000_p95_ratio      among more

Two citizens have unread notices that were received by the usual call, each about a dossier of its own: one has
20,000, the other 20. The notices of others cannot be decrypted. Both lists are opened in turn, over HTTP; the one
shows 25 dossiers with a link to more, the other all 20. The value is the ratio of the 95th percentiles, the median of
the rounds. `cold` is the ratio of the first lists after a restart of the database, whose files are out of the
system's page cache; before each, the other citizen opens another page, so that connections and the database's
catalogue are ready.
"""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import postmaster
from deploy.local.house import House, running_house
from deploy.local.processes import stop_all

from . import browser
from .figures import Figure, median, p95, quartiles, ratios, round_off
from .notices import LIST, fill
from .scene import RAISED
from .stage import own_cluster

TARGET, COLD_TARGET = 1.3, 3.0
MANY, FEW = ("84651421235", 20_000), ("47692310692", 20)
ROWS = 2_000_000
PER_THREAD = 4  # notices of the others in a thread
ROUNDS, PER_ROUND, WARM_UP = 9, 100, 30
COLD_PAIRS = 7
OTHER_PAGE = "/sessies/"

# Rows as long as real ones; without triggers, which would only notify open pages.
FILL = (
    "set session_replication_role = replica",
    "set synchronous_commit = off",
    """
    create temporary table threads as
    select gen_random_uuid() as citizen, gen_random_uuid() as thread,
        now() - n * interval '1 second' as newest from generate_series(1, {threads}) n
    """,
    """
    insert into notifications_thread (
        citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number
    ) select citizen, thread, 'ahovoks', {each}, newest, {each}, newest, {each} from threads
    """,
    """
    insert into notifications_notice (
        id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed
    ) select gen_random_uuid(), citizen, thread, n, 'ahovoks', newest - ({each} - n) * interval '1 day', newest,
        newest + interval '730 days', false, false, decode(repeat('00', {length}), 'hex')
    from threads, generate_series(1, {each}) n
    """,
    "vacuum analyze",
)
LENGTH = "select round(avg(length(sealed))) from notifications_notice"


def measure() -> Figure:
    """Measure in a house whose PostgreSQL is its own."""
    rows = int(os.environ.get("ROWS", ROWS))
    with own_cluster("mbp-notices-") as folder, running_house(RAISED, state=folder) as house:
        stop_all([house.child("worker")])
        for person, count in (MANY, FEW):
            fill(house.environment, house.portal, person, count)
        _fill(house, rows)
        return _measure(house, rows)


def _fill(house: House, rows: int) -> None:
    with closing(house.cluster.superuser(house.database)) as conn:
        ((length,),) = conn.execute(LENGTH).fetchall()
        for statement in FILL:
            filled = statement.format(threads=rows // PER_THREAD, each=PER_THREAD, length=int(length))
            conn.execute(filled.encode())


def _measure(house: House, rows: int) -> Figure:
    cookies = [browser.sign_in(house.portal, person) for person, _ in (MANY, FEW)]
    with _line(house) as line:
        for cookie in cookies:
            _times(line, cookie, WARM_UP)
        rounds = [_times_in_turn(line, cookies) for _ in range(ROUNDS)]
    of_many, of_few = ([p95(each_round[side]) for each_round in rounds] for side in (0, 1))
    cold = [_cold(house, cookies, first=pair % 2) for pair in range(COLD_PAIRS)]
    cold_many, cold_few = [pair[0] for pair in cold], [pair[1] for pair in cold]
    values, cold_values = ratios(of_many, of_few), ratios(cold_many, cold_few)
    ((count, size),) = house.rows(
        "select count(*), pg_size_pretty(pg_total_relation_size('notifications_notice')) from notifications_notice"
    )
    more: dict[str, object] = {
        "quartiles": quartiles(values),
        "many_p95_ms": round_off(median(of_many)),
        "few_p95_ms": round_off(median(of_few)),
        "many_median_ms": round_off(median([each for each_round in rounds for each in each_round[0]])),
        "few_median_ms": round_off(median([each for each_round in rounds for each in each_round[1]])),
        "cold": round_off(median(cold_values)),
        "cold_target": COLD_TARGET,
        "cold_holds": median(cold_values) <= COLD_TARGET,
        "cold_quartiles": quartiles(cold_values),
        "cold_many_ms": round_off(median(cold_many)),
        "cold_few_ms": round_off(median(cold_few)),
        "rows": count,
        "size": size,
        "samples": ROUNDS * PER_ROUND,
    }
    return Figure("notices_20000_p95_ratio", median(values), "ratio", TARGET, more)


@contextmanager
def _line(house: House) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as line:
        yield line


def _times_in_turn(line: HTTPConnection, cookies: list[str]) -> tuple[list[float], list[float]]:
    many, few = list[float](), list[float]()
    for number in range(PER_ROUND):
        for side in (0, 1) if number % 2 else (1, 0):
            (many, few)[side].extend(_times(line, cookies[side], 1))
    return many, few


def _times(line: HTTPConnection, cookie: str, count: int, path: str = LIST) -> list[float]:
    """Open a page so many times; return the milliseconds of each."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        line.request("GET", path, headers={"Cookie": f"{browser.SESSION}={cookie}"})
        response = line.getresponse()
        content = response.read()
        times.append((time.perf_counter() - began) * 1000)
        if response.status != 200 or (path == LIST and b'<ul class="notices">' not in content):
            raise browser.UnexpectedAnswerError(f"{path}: status {response.status}")
    return times


def _cold(house: House, cookies: list[str], *, first: int) -> list[float]:
    """Open each list right after a restart, that of citizen `first` (0 or 1) first; return their milliseconds."""
    times = [0.0, 0.0]
    for side in (first, 1 - first):
        postmaster.halt(house.cluster.place)
        _drop_from_cache(house.cluster.place.data)
        postmaster.launch(house.cluster.place)
        with _line(house) as line:
            _times(line, cookies[1 - side], 2, OTHER_PAGE)
            (times[side],) = _times(line, cookies[side], 1)
    return times


def _drop_from_cache(folder: Path) -> None:
    """Remove the files below a folder from the system's page cache."""
    os.sync()
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
