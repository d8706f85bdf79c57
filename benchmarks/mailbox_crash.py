"""Whether an event of the eBox, or the mail about it, is lost or comes twice while our machines die.

    COUNT=300 KILLS=2 make bench B=mailbox_crash_lost       for fewer

Five thousand events come over about a minute and a half, for twenty citizens who linked their eBox and want mails at
once, each about a document of its own. Meanwhile worker, database and mail server are killed (SIGKILL) ten times in
all at random, and started again after up to two seconds.

Lost: given by the event service, but at the end without a notice, or not mailed. Double: two notices of one document,
or two different mails. The same mail again, with the same Message-ID, is not double: `again` says how many (decision
0009).
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
from .bodies import adult_number
from .ebox_scene import add_events, link
from .figures import Figure
from .scene import RAISED
from .stage import DATABASE, Stage, open_stage, until

COUNT, KILLS, CITIZENS = 5_000, 10, 20
PACE = 60  # events a second, so that the kills fall among the events
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
# Ends the pauses after a failure at once, to save time.
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()"


def measure() -> tuple[Figure, Figure]:
    """Run it all; give how many events were lost and how many were double."""
    count, kills = int(os.environ.get("COUNT", COUNT)), int(os.environ.get("KILLS", KILLS))
    with open_stage({**RAISED, "WORKER_SILENT_SECONDS": "4"}) as stage:
        people = [adult_number(serial) for serial in range(CITIZENS)]
        link(stage.values, people)
        for table in ("procrastinate_jobs", "mail_outbox"):
            stage.cluster.rows(DATABASE, f"delete from {table}")
        with (stage.folder / "town.log").open("ab") as log:
            # The town's own mail server gets another port than the one that mails go to.
            values = for_town(stage.values) | {"SANDBOX_SMTP_PORT": str(free_ports(1)[0])}
            stage.running["town"] = spawn("town", ["-m", "sandbox"], values, ROOT, log=log.fileno())
        until(lambda: answers_http(stage.ports.town) and answers_connection(stage.ports.town_tls), "the town")
        stage.running["mail"] = _mail(stage)
        _start(stage, "worker")
        began = time.monotonic()
        sending = Thread(target=_send, args=(stage.ports.town, people, count))
        sending.start()
        _break_things(stage, kills, count / PACE)
        sending.join()
        _await_all(stage, count)
        return _count(stage, count, time.monotonic() - began)


def _send(port: int, people: list[str], count: int) -> None:
    began = time.monotonic()
    for begin in range(0, count, PACE):
        time.sleep(max(0.0, began + begin / PACE - time.monotonic()))
        part = range(begin, min(begin + PACE, count))
        add_events(port, ((people[serial % len(people)], f"BENCH/{serial}") for serial in part))


def _mail(stage: Stage) -> Child:
    return mail_sink.start(stage.ports.town_smtp, stage.values["SANDBOX_CERTIFICATES"], stage.folder / "mails")


def _start(stage: Stage, name: str) -> None:
    if name == "database":
        stage.start_database()
    elif name == "mail":
        stage.running["mail"] = _mail(stage)
    else:
        with (stage.folder / "worker.log").open("ab") as log:
            stage.running["worker"] = spawn("worker", WORKER, for_worker(stage.values), ROOT, log=log.fileno())


def _break_things(stage: Stage, kills: int, seconds: float) -> None:
    """Kill one of VICTIMS at so many random moments within these seconds, and start it again."""
    chance = random.Random(SEED)
    moments = sorted(chance.uniform(0.05, 0.97) * seconds for _ in range(kills))
    began = time.monotonic()
    for place, moment in enumerate(moments):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        victim = VICTIMS[place % len(VICTIMS)]
        if victim == "database":
            stage.kill_database()
        else:
            stage.kill(victim)
        time.sleep(chance.uniform(0, DOWN_S))
        _start(stage, victim)
        _keep(stage)


def _keep(stage: Stage) -> None:
    """Start processes that ended by themselves again, for example without a database, as a supervisor does."""
    for name in STARTED:
        if stage.running[name].process.poll() is not None:
            _start(stage, name)


def _await_all(stage: Stage, count: int) -> None:
    last = (0.0, 0)

    def is_done() -> bool:
        nonlocal last
        _keep(stage)
        stage.cluster.rows(DATABASE, AGAIN)
        ((kept, _, pending),) = stage.cluster.rows(DATABASE, FOUND)
        if kept != last[1]:
            last = (time.monotonic(), kept)
        # After three pulls without anything new, and with no mail under way, the missing events are lost.
        return pending == 0 and (kept >= count or time.monotonic() - last[0] > 70)

    until(is_done, "all events and mails", PATIENCE_S)
    # One more pull, which must bring nothing.
    time.sleep(25)


def _count(stage: Stage, count: int, seconds: float) -> tuple[Figure, Figure]:
    ((kept, doubled, _),) = stage.cluster.rows(DATABASE, FOUND)
    rows = stage.cluster.rows(DATABASE, DELIVERIES)
    mails = Counter(delivery for _, delivery in mail_sink.read(stage.folder / "mails"))
    not_mailed = sum(state != "sent" or delivery not in mails for delivery, state in rows)
    lost = max(count - kept, count - len(rows), 0) + not_mailed
    double = max(kept - count, int(doubled), 0) + max(len(rows) - kept, 0)
    strangers = len(set(mails) - {delivery for delivery, _ in rows})
    more: dict[str, object] = {
        "events": count,
        "kept": kept,
        "mailed": len(mails),
        "again": sum(mails.values()) - len(mails),
        "kills": stage.kills,
        "seconds": round(seconds),
        "seed": SEED,
    }
    return (
        Figure("mailbox_crash_lost", lost, "events", 0, more),
        Figure("mailbox_crash_double", double + strangers, "events", 0, more),
    )
