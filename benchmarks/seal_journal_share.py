"""How much processor sealing and the journal add to an overview of twenty sources.

The portal answers requests for overviews; a process beside it (`seal_and_journal`) does only what sealing and the
journal do for the same overviews, with the same answers, database and session. They take turns. The share is what
this part adds to the rest: part / (whole overview - part). What the database uses is reported apart.
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
    with scene_of(TWENTY) as scene, closing(scene.connect()) as connection:
        cookie = scene.sign_in()
        with beside(scene, "seal_and_journal", cookie) as sealing:
            portal_cpu_ms(scene, scene.portal_pid, connection, cookie, WARM_UP)
            cpu_ms(sealing, WARM_UP)
            scene.check_asked(cookie)
            whole, own, database = [], [], []
            for _ in range(PAIRS):
                cpu, database_cpu = portal_cpu_ms(scene, scene.portal_pid, connection, cookie, PER_SAMPLE)
                whole.append(cpu)
                database.append(database_cpu)
                own.append(cpu_ms(sealing, PER_SAMPLE))
        shares = [part / (overview - part) for part, overview in zip(own, whole, strict=True)]
        ((entries,),) = scene.house.rows("select count(*) from journal_entry")
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
