"""Whether a notice, or the mail about it, is lost or comes twice while every process of ours is killed.

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
from .bodies import adult_number
from .browser import UnexpectedAnswerError
from .figures import Figure
from .notices import BundleConnection, bundle, set_up, token
from .scene import RAISED
from .stage import DATABASE, Stage, open_stage, until

COUNT, KILLS, CITIZENS, CONNECTIONS = 10_000, 10, 20, 16
PACE = 60  # notices a second at most, so that the kills fall among the notices
DOWN_S = 2.0  # at most, each time
SEED = 16
PATIENCE_S = 1800.0
TOKEN_S = 120.0  # after which another token is asked for
PENDING = "select count(*) from notifications_delivery where settled_at is null"
# Ends the pauses after a failure at once, to save time.
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()"
FOUND = """
select (select count(*) from notifications_notice),
    (select count(*) from notifications_thread where is_unread and arrivals = 1),
    (select count(*) from notifications_bundle)
"""
DELIVERIES = "select id::text, state from notifications_delivery"
DOUBLE = "select coalesce(sum(arrivals - 1), 0) from notifications_thread"


def measure() -> tuple[Figure, Figure]:
    """Run it all; give how many notices were lost and how many were double."""
    count, kills = int(os.environ.get("COUNT", COUNT)), int(os.environ.get("KILLS", KILLS))
    with open_stage({**RAISED, "WORKER_SILENT_SECONDS": "4"}) as stage:
        people = [adult_number(serial) for serial in range(CITIZENS)]
        set_up(stage.values, {"mails": {insz: f"bench{at}@example.org" for at, insz in enumerate(people)}})
        stage.cluster.rows(DATABASE, "delete from procrastinate_jobs")
        stage.cluster.rows(DATABASE, "delete from mail_outbox")
        for name in STARTS:
            STARTS[name](stage)
        until(lambda: answers_http(stage.ports.portal), "the portal")
        began = time.monotonic()
        accepted = asyncio.run(_send_and_kill(stage, people, count, kills))
        _await_mails(stage)
        return _count(stage, accepted, time.monotonic() - began)


def _start_portal(stage: Stage) -> None:
    _spawn(stage, "portal", portal_server(stage.ports.portal, grace=1), for_portal(stage.values))


def _start_worker(stage: Stage) -> None:
    _spawn(stage, "worker", WORKER, for_worker(stage.values))


def _spawn(stage: Stage, name: str, arguments: Sequence[str], values: Mapping[str, str]) -> None:
    with (stage.folder / f"{name}.log").open("ab") as log:
        stage.running[name] = spawn(name, arguments, values, ROOT, log=log.fileno())


def _start_mail(stage: Stage) -> None:
    certificates = stage.values["SANDBOX_CERTIFICATES"]
    stage.running["mail"] = mail_sink.start(stage.ports.town_smtp, certificates, stage.folder / "mails")


STARTS: dict[str, Callable[[Stage], None]] = {"portal": _start_portal, "worker": _start_worker, "mail": _start_mail}
VICTIMS = (*STARTS, "database")


async def _send_and_kill(stage: Stage, people: list[str], count: int, kills: int) -> int:
    """Send notices while processes are killed; return how many were accepted."""
    accepted: set[int] = set()
    waiting = iter(range(count))
    tokens = _Tokens(stage)
    began = time.monotonic()

    async def send() -> None:
        connection, access_token = None, ""
        for serial in waiting:
            content = json.dumps(bundle(str(serial), people[serial % len(people)])).encode()
            await asyncio.sleep(max(0.0, began + serial / PACE - time.monotonic()))
            while True:
                with suppress(OSError, EOFError, UnexpectedAnswerError):
                    if connection is None or access_token != await tokens.now():
                        access_token = await tokens.now()
                        connection = BundleConnection(tokens.portal, access_token)
                    status = await connection.send(content)
                    if status == 200:
                        accepted.add(serial)
                        break
                    if status == 401:
                        # Tokens do not outlive a crash of the database; a body asks for another then.
                        tokens.forget(access_token)
                    elif status != 503:
                        raise LocalTroubleError(f"a notice: status {status}")
                await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(_break_things, stage, kills, count / PACE))
        for _ in range(CONNECTIONS):
            group.create_task(send())
    return len(accepted)


class _Tokens:
    """The access token of the body, renewed when it is old."""

    def __init__(self, stage: Stage) -> None:
        self.portal = f"http://localhost:{stage.ports.portal}"
        self._stage, self._token, self._since, self._lock = stage, "", 0.0, asyncio.Lock()

    def forget(self, refused: str) -> None:
        """Drop a token that was refused, unless another was asked for meanwhile."""
        if refused == self._token:
            self._token = ""

    async def now(self) -> str:
        """Give a valid token; raises what `notices.token` raises."""
        async with self._lock:
            if not self._token or time.monotonic() - self._since > TOKEN_S:
                self._token = await asyncio.to_thread(token, self._stage.values, self.portal)
                self._since = time.monotonic()
            return self._token


def _break_things(stage: Stage, kills: int, seconds: float) -> None:
    """Kill each of VICTIMS so often at random moments within these seconds, and start it again."""
    chance = random.Random(SEED)
    plan = sorted((chance.uniform(0.03, 0.97) * seconds, each) for each in VICTIMS for _ in range(kills))
    began, back = time.monotonic(), dict[str, float]()
    while plan or back:
        now = time.monotonic() - began
        for victim in [victim for victim, moment in back.items() if moment <= now]:
            del back[victim]
            _start(stage, victim)
        _keep(stage, back)
        # A process that is down is killed once it is back.
        due = next((each for each in plan if each[0] <= now and each[1] not in back), None)
        if due is not None:
            plan.remove(due)
            _kill(stage, due[1])
            back[due[1]] = now + chance.uniform(0, DOWN_S)
        time.sleep(0.05)


def _keep(stage: Stage, down: Collection[str] = ()) -> None:
    """Start processes that ended by themselves again, for example without a database, as a supervisor does."""
    for name in STARTS:
        if name not in down and stage.running[name].process.poll() is not None:
            STARTS[name](stage)


def _kill(stage: Stage, victim: str) -> None:
    if victim == "database":
        stage.kill_database()
    else:
        stage.kill(victim)


def _start(stage: Stage, victim: str) -> None:
    if victim == "database":
        stage.start_database()
    else:
        STARTS[victim](stage)


def _await_mails(stage: Stage) -> None:
    def are_all_sent() -> bool:
        _keep(stage)
        stage.cluster.rows(DATABASE, AGAIN)
        return stage.cluster.rows(DATABASE, PENDING) == [(0,)]

    until(are_all_sent, "all mails", PATIENCE_S)


def _count(stage: Stage, accepted: int, seconds: float) -> tuple[Figure, Figure]:
    ((kept, unread, bundles),) = stage.cluster.rows(DATABASE, FOUND)
    rows = stage.cluster.rows(DATABASE, DELIVERIES)
    mails = Counter(delivery for _, delivery in mail_sink.read(stage.folder / "mails"))
    ((doubled,),) = stage.cluster.rows(DATABASE, DOUBLE)
    not_mailed = sum(state != "sent" or delivery not in mails for delivery, state in rows)
    lost = max(accepted - kept, accepted - unread, accepted - len(rows), 0) + not_mailed
    double = max(kept - bundles, int(doubled), 0) + max(len(rows) - kept, 0)
    strangers = len(set(mails) - {delivery for delivery, _ in rows})
    more: dict[str, object] = {
        "accepted": accepted,
        "kept": kept,
        "mailed": len(mails),
        "again": sum(mails.values()) - len(mails),
        "kills": stage.kills,
        "seconds": round(seconds),
        "seed": SEED,
    }
    return (
        Figure("push_crash_lost", lost, "notices", 0, more),
        Figure("push_crash_double", double + strangers, "notices", 0, more),
    )
