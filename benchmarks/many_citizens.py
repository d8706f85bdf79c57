"""How the number of citizens changes the cost of a visit: a million in the databases against a thousand.

A visit is a sign-in at the town's provider and an overview that asks every source. The citizens have what real ones
have: keys, devices, entries in the journal, and data in their profile.
"""

from contextlib import closing

import psycopg

from deploy.local.processes import stop_all

from . import browser, processor
from .figures import Figure, median, ratios, round_off
from .scene import TWENTY, Scene, gather, scene_from

FEW, MANY = 1_000, 1_000_000
PAIRS = 7
WARM_UP = 10
PER_SAMPLE = 40  # visits

# Rows as long as real ones; their sealed content cannot be opened.
KEYS = """
insert into keys_citizen (citizen_id, data_key, mail_key, private_key, public_key)
select gen_random_uuid(), repeat('a', 83), repeat('b', 83), repeat('c', 83), decode(repeat('00', 32), 'hex')
from generate_series(1, {count})
"""
MAIN = (
    """
    create temporary table citizens as select gen_random_uuid() as id from generate_series(1, {count})
    """,
    """
    insert into access_device (citizen_id, kind, first_seen_on, last_seen_on)
    select id, decode(md5(id::text || n), 'hex'), current_date - 300, current_date - n
    from citizens, generate_series(1, 2) as n
    """,
    """
    insert into journal_entry (trace_id, operation_id, name, actor_kind, subject, start_ms, activities, status)
    select decode(md5(id::text), 'hex'), decode(substr(md5(id::text), 1, 16), 'hex'), 'overview', 'citizen', id,
        1750000000000, array[decode(repeat('00', 32), 'hex')], 0
    from citizens
    """,
    """
    insert into profile_kept (citizen_id, kind, sealed, consent, since)
    select id, kind, decode(repeat('00', 48), 'hex'), '1', now()
    from citizens, unnest(array['nickname', 'email']) as kind
    """,
    """
    insert into profile_address (id, citizen_id, sealed, consent, since)
    select gen_random_uuid(), id, decode(repeat('00', 120), 'hex'), '1', now() from citizens
    """,
    """
    insert into journal_entry (trace_id, operation_id, subject, end_ms, status, outcomes)
    select decode(md5(id::text), 'hex'), decode(substr(md5(id::text), 1, 16), 'hex'), id, 1750000000100, 1,
        array['ready']
    from citizens
    """,
)


def measure() -> Figure:
    """Measure alternating pairs in two houses: processor of portal and database for a visit, many over few."""
    with gather(TWENTY) as folder, scene_from(folder) as few, scene_from(folder) as many:
        for scene, count in ((few, FEW), (many, MANY)):
            # No worker runs: it would seal all these entries during the measurement.
            stop_all([scene.house.child("worker")])
            _settle(scene, count)
            _visits_ms(scene, WARM_UP)
        of_few, of_many = [], []
        for _ in range(PAIRS):
            of_few.append(_visits_ms(few, PER_SAMPLE))
            of_many.append(_visits_ms(many, PER_SAMPLE))
    pairs = ratios([sum(parts) for parts in of_many], [sum(parts) for parts in of_few])
    return Figure(
        "million_over_thousand",
        median(pairs),
        "ratio",
        1.2,
        {
            "visit_cpu_ms_thousand": [round_off(median(part)) for part in zip(*of_few, strict=True)],
            "visit_cpu_ms_million": [round_off(median(part)) for part in zip(*of_many, strict=True)],
            "parts": ["portal", "database"],
            "pairs": [round_off(ratio) for ratio in pairs],
        },
    )


def _settle(scene: Scene, count: int) -> None:
    """Fill both databases past row-level security, and update their statistics."""
    with (
        closing(scene.house.cluster.superuser(scene.house.database)) as main,
        closing(scene.house.cluster.superuser(f"{scene.house.database}_keys")) as keys,
    ):
        for statement in MAIN:
            main.execute(statement.format(count=count))
        keys.execute(KEYS.format(count=count))
        for each in (main, keys):
            each.execute("vacuum analyze")


def _visits_ms(scene: Scene, count: int) -> tuple[float, float]:
    """Make so many visits; return the milliseconds of processor for each: (portal, database)."""
    portal, database = processor.cpu_s(scene.portal_pid), _databases_cpu_s(scene)
    for _ in range(count):
        cookie = scene.sign_in()
        with closing(scene.connect()) as connection:
            browser.overview(connection, cookie, len(scene.sources))
    spent = processor.cpu_s(scene.portal_pid) - portal, _databases_cpu_s(scene) - database
    return spent[0] / count * 1000, spent[1] / count * 1000


def _databases_cpu_s(scene: Scene) -> float:
    """Read how many seconds of processor the portal's backends have used, in both databases."""
    with closing(psycopg.connect(scene.house.key_urls.owner, autocommit=True)) as keys:
        return processor.backends_cpu_s(scene.owner) + processor.backends_cpu_s(keys)
