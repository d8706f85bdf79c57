"""How much processor sealing and the journal add to an overview of twenty sources.

The portal's process makes overviews by the front door; a process beside it does only what sealing and the journal do
for the same ones, with the same answers, database and session. They take turns. The share is what that adds to the
rest: theirs / (whole overview - theirs). What the database itself uses stands beside it.
"""

from contextlib import closing

from .beside import beside, cpu_ms
from .figures import Figure, median, round_off
from .sampling import portal_cpu_ms
from .scene import TWENTY, scene_of

TARGET = 0.2
PAIRS = 5
WARM_UP = 30
PER_SAMPLE = 100


def measure() -> Figure:
    """Measure five alternating pairs."""
    with scene_of(TWENTY) as on, closing(on.connect()) as connection:
        cookie = on.sign_in()
        with beside(on, "seal_and_journal", cookie) as sealing:
            portal_cpu_ms(on, on.portal_pid, connection, cookie, WARM_UP)
            cpu_ms(sealing, WARM_UP)
            on.check_asked(cookie)
            whole, own, database = [], [], []
            for _ in range(PAIRS):
                cpu, database_cpu = portal_cpu_ms(on, on.portal_pid, connection, cookie, PER_SAMPLE)
                whole.append(cpu)
                database.append(database_cpu)
                own.append(cpu_ms(sealing, PER_SAMPLE))
        shares = [part / (all_of_it - part) for part, all_of_it in zip(own, whole, strict=True)]
        ((entries,),) = on.house.rows("select count(*) from journal_entry")
        return Figure(
            "seal_journal_share",
            median(shares),
            "ratio",
            TARGET,
            {
                "overview_cpu_ms": round_off(median(whole)),
                "seal_journal_cpu_ms": round_off(median(own)),
                "database_cpu_ms": round_off(median(database)),
                "journal_entries": entries,
                "pairs": [round_off(share) for share in shares],
            },
        )
