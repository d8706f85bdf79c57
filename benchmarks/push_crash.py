"""Whether a notice, or the mail about it, is lost or comes twice while all of our machines die.

    COUNT=300 KILLS=2 make bench B=push_crash_lost       for fewer

Ten thousand notices come over about three minutes, over sixteen connections, for twenty citizens who want mails at
once, each about a dossier of its own. Meanwhile portal, worker, database and mail server are each killed ten times
(SIGKILL) at random, and started again after up to two seconds. The sender repeats a notice until it is accepted.

Lost: accepted, and at the end not kept, not counted as unread, or not mailed. Double: kept twice, or mailed twice as
two different mails. The same mail again, with the same Message-ID, is not double: `again` says how many (decision
0009).
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from deploy.local.environment import for_portal, for_worker
from deploy.local.house import ROOT
from deploy.local.processes import WORKER, answers_http, portal_server, spawn
from deploy.local.trouble import LocalTroubleError

from . import mail_sink
from .bodies import grown_up
from .browser import UnexpectedAnswerError
from .figures import Figure
from .notices import Line, bundle, make, token
from .scene import RAISED
from .stage import DATABASE, Stage, stage, until

COUNT, KILLS, CITIZENS, LINES = 10_000, 10, 20, 16
PACE = 60  # notices a second at most, so that the kills fall among them
DOWN_S = 2.0  # at most, each time
SEED = 16
PATIENCE_S = 1800.0
TOKEN_S = 120.0  # after which another is taken
PENDING = "select count(*) from notifications_delivery where settled_at is null"
# The pauses after a failure are over at once: how they grow is tried elsewhere.
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()"
FOUND = """
select (select count(*) from notifications_notice),
    (select count(*) from notifications_thread where is_unread and arrivals = 1),
    (select count(*) from notifications_bundle)
"""
DELIVERIES = "select id::text, state from notifications_delivery"
DOUBLE = "select coalesce(sum(arrivals - 1), 0) from notifications_thread"


def measure() -> tuple[Figure, Figure]:
    """Run it all; gives what was lost and what was double."""
    count, kills = int(os.environ.get("COUNT", COUNT)), int(os.environ.get("KILLS", KILLS))
    with stage({**RAISED, "WORKER_SILENT_SECONDS": "4"}) as on:
        people = [grown_up(serial) for serial in range(CITIZENS)]
        make(on.values, {"mails": {insz: f"bench{at}@example.org" for at, insz in enumerate(people)}})
        on.cluster.rows(DATABASE, "delete from procrastinate_jobs")
        on.cluster.rows(DATABASE, "delete from mail_outbox")
        for name in STARTS:
            STARTS[name](on)
        until(lambda: answers_http(on.ports.portal), "the portal")
        began = time.monotonic()
        accepted = asyncio.run(_all(on, people, count, kills))
        _await_mails(on)
        return _count(on, accepted, time.monotonic() - began)


def _start_portal(on: Stage) -> None:
    _spawn(on, "portal", portal_server(on.ports.portal, grace=1), for_portal(on.values))


def _start_worker(on: Stage) -> None:
    _spawn(on, "worker", WORKER, for_worker(on.values))


def _spawn(on: Stage, name: str, arguments: Sequence[str], values: Mapping[str, str]) -> None:
    with (on.folder / f"{name}.log").open("ab") as log:
        on.running[name] = spawn(name, arguments, values, ROOT, log=log.fileno())


def _start_mail(on: Stage) -> None:
    certificates = on.values["SANDBOX_CERTIFICATES"]
    on.running["mail"] = mail_sink.start(on.ports.town_smtp, certificates, on.folder / "mails")


STARTS: dict[str, Callable[[Stage], None]] = {"portal": _start_portal, "worker": _start_worker, "mail": _start_mail}
VICTIMS = (*STARTS, "database")


async def _all(on: Stage, people: list[str], count: int, kills: int) -> int:
    """Send and kill at once; returns how many notices were accepted."""
    accepted: set[int] = set()
    waiting = iter(range(count))
    tokens = _Tokens(on)
    began = time.monotonic()

    async def send() -> None:
        line, held = None, ""
        for serial in waiting:
            content = json.dumps(bundle(str(serial), people[serial % len(people)])).encode()
            await asyncio.sleep(max(0.0, began + serial / PACE - time.monotonic()))
            while True:
                with suppress(OSError, EOFError, UnexpectedAnswerError):
                    if line is None or held != await tokens.now():
                        held = await tokens.now()
                        line = Line(tokens.portal, held)
                    status = await line.send(content)
                    if status == 200:
                        accepted.add(serial)
                        break
                    if status == 401:
                        # Tokens do not outlive a crash of the database; a body asks for another then.
                        tokens.forget(held)
                    elif status != 503:
                        raise LocalTroubleError(f"a notice: status {status}")
                await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(_break_things, on, kills, count / PACE, accepted, count))
        for _ in range(LINES):
            group.create_task(send())
    return len(accepted)


class _Tokens:
    """The body's token, anew when it is old."""

    def __init__(self, on: Stage) -> None:
        self.portal = f"http://localhost:{on.ports.portal}"
        self._on, self._token, self._since, self._lock = on, "", 0.0, asyncio.Lock()

    def forget(self, held: str) -> None:
        """Take another, unless that was done meanwhile."""
        if held == self._token:
            self._token = ""

    async def now(self) -> str:
        async with self._lock:
            if not self._token or time.monotonic() - self._since > TOKEN_S:
                self._token = await asyncio.to_thread(token, self._on.values, self.portal)
                self._since = time.monotonic()
            return self._token


def _break_things(on: Stage, kills: int, seconds: float, accepted: set[int], count: int) -> None:
    """Kill each of them so often at random moments of these seconds, and start it again."""
    chance = random.Random(SEED)
    plan = sorted((chance.uniform(0.03, 0.97) * seconds, each) for each in VICTIMS for _ in range(kills))
    began, back = time.monotonic(), dict[str, float]()
    while plan or back:
        now = time.monotonic() - began
        for victim in [victim for victim, moment in back.items() if moment <= now]:
            del back[victim]
            _start(on, victim)
        _keep(on, back)
        # Who is down is killed once it is back.
        due = next((each for each in plan if each[0] <= now and each[1] not in back), None)
        if due is not None:
            plan.remove(due)
            _kill(on, due[1])
            back[due[1]] = now + chance.uniform(0, DOWN_S)
        time.sleep(0.05)


def _keep(on: Stage, down: Collection[str] = ()) -> None:
    """Start again who ended without being killed, as whoever runs them in production does: no database, say."""
    for name in STARTS:
        if name not in down and on.running[name].process.poll() is not None:
            STARTS[name](on)


def _kill(on: Stage, victim: str) -> None:
    if victim == "database":
        on.kill_database()
    else:
        on.kill(victim)


def _start(on: Stage, victim: str) -> None:
    if victim == "database":
        on.start_database()
    else:
        STARTS[victim](on)


def _await_mails(on: Stage) -> None:
    def are_all_sent() -> bool:
        _keep(on)
        on.cluster.rows(DATABASE, AGAIN)
        return on.cluster.rows(DATABASE, PENDING) == [(0,)]

    until(are_all_sent, "all mails", PATIENCE_S)


def _count(on: Stage, accepted: int, seconds: float) -> tuple[Figure, Figure]:
    ((kept, unread, bundles),) = on.cluster.rows(DATABASE, FOUND)
    rows = on.cluster.rows(DATABASE, DELIVERIES)
    came = Counter(delivery for _, delivery in mail_sink.read(on.folder / "mails"))
    ((doubled,),) = on.cluster.rows(DATABASE, DOUBLE)
    not_mailed = sum(state != "sent" or delivery not in came for delivery, state in rows)
    lost = max(accepted - kept, accepted - unread, accepted - len(rows), 0) + not_mailed
    double = max(kept - bundles, int(doubled), 0) + max(len(rows) - kept, 0)
    strangers = len(set(came) - {delivery for delivery, _ in rows})
    more: dict[str, object] = {
        "accepted": accepted,
        "kept": kept,
        "mailed": len(came),
        "again": sum(came.values()) - len(came),
        "kills": on.kills,
        "seconds": round(seconds),
        "seed": SEED,
    }
    return (
        Figure("push_crash_lost", lost, "notices", 0, more),
        Figure("push_crash_double", double + strangers, "notices", 0, more),
    )
