"""Whether an event of the eBox, or the mail about it, is lost or comes twice while our machines die.

    COUNT=300 KILLS=2 make bench B=mailbox_crash_lost       for fewer

Five thousand events come over about a minute and a half, for twenty citizens who linked their eBox and want mails at
once, each about a document of its own. Meanwhile worker, database and mail server are killed (SIGKILL) ten times in
all at random, and started again after up to two seconds.

Lost: told by the event service, and at the end no notice, or not mailed. Double: two notices of one document, or two
different mails. The same mail again, with the same Message-ID, is not double: `again` says how many (decision 0009).
"""

import os
import random
import time
from collections import Counter
from threading import Thread

from deploy.local.environment import for_town, for_worker
from deploy.local.house import ROOT, free_ports
from deploy.local.processes import WORKER, Child, answers_connection, answers_http, spawn

from . import mail_sink
from .bodies import grown_up
from .ebox_scene import link, tell
from .figures import Figure
from .scene import RAISED
from .stage import DATABASE, Stage, stage, until

COUNT, KILLS, CITIZENS = 5_000, 10, 20
PACE = 60  # events a second, so that the kills fall among them
DOWN_S = 2.0  # at most, each time
SEED = 18
PATIENCE_S = 1800.0
STARTED = ("worker", "mail")
VICTIMS = ("worker", "database", "mail")
FOUND = """
select (select count(*) from notifications_notice),
    (select coalesce(sum(arrivals - 1), 0) from notifications_thread),
    (select count(*) from notifications_delivery where settled_at is null)
"""
DELIVERIES = "select id::text, state from notifications_delivery"
# The pauses after a failure are over at once: how they grow is tried elsewhere.
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()"


def measure() -> tuple[Figure, Figure]:
    """Run it all; gives what was lost and what was double."""
    count, kills = int(os.environ.get("COUNT", COUNT)), int(os.environ.get("KILLS", KILLS))
    with stage({**RAISED, "WORKER_SILENT_SECONDS": "4"}) as on:
        people = [grown_up(serial) for serial in range(CITIZENS)]
        link(on.values, people)
        for table in ("procrastinate_jobs", "mail_outbox"):
            on.cluster.rows(DATABASE, f"delete from {table}")
        with (on.folder / "town.log").open("ab") as log:
            # Its own mail server stands beside the one that mails go to.
            values = for_town(on.values) | {"SANDBOX_SMTP_PORT": str(free_ports(1)[0])}
            on.running["town"] = spawn("town", ["-m", "sandbox"], values, ROOT, log=log.fileno())
        until(lambda: answers_http(on.ports.town) and answers_connection(on.ports.town_tls), "the town")
        on.running["mail"] = _mail(on)
        _start(on, "worker")
        began = time.monotonic()
        sending = Thread(target=_send, args=(on.ports.town, people, count))
        sending.start()
        _break_things(on, kills, count / PACE)
        sending.join()
        _await_all(on, count)
        return _count(on, count, time.monotonic() - began)


def _send(port: int, people: list[str], count: int) -> None:
    began = time.monotonic()
    for begin in range(0, count, PACE):
        time.sleep(max(0.0, began + begin / PACE - time.monotonic()))
        part = range(begin, min(begin + PACE, count))
        tell(port, ((people[serial % len(people)], f"BENCH/{serial}") for serial in part))


def _mail(on: Stage) -> Child:
    return mail_sink.start(on.ports.town_smtp, on.values["SANDBOX_CERTIFICATES"], on.folder / "mails")


def _start(on: Stage, name: str) -> None:
    if name == "database":
        on.start_database()
    elif name == "mail":
        on.running["mail"] = _mail(on)
    else:
        with (on.folder / "worker.log").open("ab") as log:
            on.running["worker"] = spawn("worker", WORKER, for_worker(on.values), ROOT, log=log.fileno())


def _break_things(on: Stage, kills: int, seconds: float) -> None:
    """Kill one of them at so many random moments of these seconds, and start it again."""
    chance = random.Random(SEED)
    moments = sorted(chance.uniform(0.05, 0.97) * seconds for _ in range(kills))
    began = time.monotonic()
    for place, moment in enumerate(moments):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        victim = VICTIMS[place % len(VICTIMS)]
        if victim == "database":
            on.kill_database()
        else:
            on.kill(victim)
        time.sleep(chance.uniform(0, DOWN_S))
        _start(on, victim)
        _keep(on)


def _keep(on: Stage) -> None:
    """Start again who ended without being killed, as whoever runs them in production does: no database, say."""
    for name in STARTED:
        if on.running[name].process.poll() is not None:
            _start(on, name)


def _await_all(on: Stage, count: int) -> None:
    last = (0.0, 0)

    def is_done() -> bool:
        nonlocal last
        _keep(on)
        on.cluster.rows(DATABASE, AGAIN)
        ((kept, _, pending),) = on.cluster.rows(DATABASE, FOUND)
        if kept != last[1]:
            last = (time.monotonic(), kept)
        # Three pulls without anything new, and no mail under way: what is not there now is lost.
        return pending == 0 and (kept >= count or time.monotonic() - last[0] > 70)

    until(is_done, "all events and mails", PATIENCE_S)
    # One more pull, which must bring nothing.
    time.sleep(25)


def _count(on: Stage, count: int, seconds: float) -> tuple[Figure, Figure]:
    ((kept, doubled, _),) = on.cluster.rows(DATABASE, FOUND)
    rows = on.cluster.rows(DATABASE, DELIVERIES)
    came = Counter(delivery for _, delivery in mail_sink.read(on.folder / "mails"))
    not_mailed = sum(state != "sent" or delivery not in came for delivery, state in rows)
    lost = max(count - kept, count - len(rows), 0) + not_mailed
    double = max(kept - count, int(doubled), 0) + max(len(rows) - kept, 0)
    strangers = len(set(came) - {delivery for delivery, _ in rows})
    more: dict[str, object] = {
        "events": count,
        "kept": kept,
        "mailed": len(came),
        "again": sum(came.values()) - len(came),
        "kills": on.kills,
        "seconds": round(seconds),
        "seed": SEED,
    }
    return (
        Figure("mailbox_crash_lost", lost, "events", 0, more),
        Figure("mailbox_crash_double", double + strangers, "events", 0, more),
    )
