"""What is lost when PostgreSQL is restarted under a portal that is in use.

A PostgreSQL of its own is stopped (`pg_ctl stop -m fast`, which ends every session) and started five times, while ten
readers, who share one session, open a page of theirs again and again. That page runs several transactions in both
databases. Only a request that was under way when the server stopped may fail; one that comes while the server is gone
waits for it, for the two seconds that the portal gives an operation of a database (`database.connection.PATIENCE`).
After each restart the worker must report again, too. A restart that takes too long (SOON_S, because the machine is
busy) does not count, nor do the requests that met it, and it is repeated.
"""

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from deploy.local import postmaster
from deploy.local.house import House, running_house

from . import bodies, browser
from .figures import Figure
from .stage import own_cluster

READERS = 10
RESTARTS, TRIES = 5, 15
SOON_S = 1.5  # how long the server may be gone: shorter than the portal waits, with time to connect again
PAUSE_S = 3.0  # before each restart, and after the last
HEARD_S = 30.0  # for the worker to give a sign of life again
PAGE = "/profiel/"
# The worker gives a sign of life every third of this.
SETTINGS = {"WORKER_SILENT_SECONDS": "3"}
# Whoever asks must be two seconds past the restart: a sign of life from before it counts as well.
ALIVE = "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '2 seconds'"


@dataclass(frozen=True)
class _Look:
    """One request for the page. began, ended: seconds of the monotonic clock."""

    began: float
    ended: float
    status: int  # 0: no answer


@dataclass
class _Readers:
    """Readers who open the page again and again until they are stopped."""

    address: str
    cookie: str
    looks: list[_Look] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self.threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        while not self.stopped.is_set():
            began = time.monotonic()
            status = self._status()
            self.looks.append(_Look(began, time.monotonic(), status))

    def _status(self) -> int:
        with closing(HTTPConnection(self.address, timeout=20)) as connection:
            try:
                connection.request("GET", PAGE, headers={"Cookie": f"{browser.SESSION}={self.cookie}"})
                response = connection.getresponse()
                response.read()
            except (OSError, HTTPException):
                return 0
            return response.status


def measure() -> Figure:
    """Restart the server under load; give how many requests were lost that were not under way: none may be.

    Those that were under way when it stopped, and those of them that were lost, are counted beside it. Raise
    UnexpectedAnswerError where no restart was short, or the worker gives no sign of life after one.
    """
    with own_cluster("mbp-restart-") as folder, running_house(SETTINGS, state=folder) as house:
        readers = _Readers(urlsplit(house.portal).netloc, browser.sign_in(house.portal, bodies.PERSON))
        readers.start()
        try:
            outages, heard_s = _restart(house)
        finally:
            readers.stop()
    return _count(readers.looks, outages, heard_s)


@dataclass(frozen=True)
class _Outage:
    """Seconds of the monotonic clock: when the server began to stop, had stopped, and was back."""

    began: float
    stopped: float
    back: float

    @property
    def is_short(self) -> bool:
        """Tell whether the outage was short enough to count (SOON_S)."""
        return self.back - self.began <= SOON_S


def _restart(house: House) -> tuple[list[_Outage], list[float]]:
    """Restart the server until RESTARTS were short; give the outages, and the seconds until the worker reported."""
    outages: list[_Outage] = []
    heard: list[float] = []
    while sum(outage.is_short for outage in outages) < RESTARTS and len(outages) < TRIES:
        time.sleep(PAUSE_S)
        began = time.monotonic()
        postmaster.halt(house.cluster.place)
        stopped = time.monotonic()
        postmaster.launch(house.cluster.place)
        outages.append(_Outage(began, stopped, time.monotonic()))
        time.sleep(2)  # see ALIVE
        while house.rows(ALIVE) == [(0,)]:
            if time.monotonic() - outages[-1].back > HEARD_S:
                raise browser.UnexpectedAnswerError("the worker is not heard of")
            time.sleep(0.1)
        heard.append(time.monotonic() - outages[-1].back)
    time.sleep(PAUSE_S)
    return outages, heard


def _count(looks: list[_Look], outages: list[_Outage], heard_s: list[float]) -> Figure:
    """Count the requests that were lost, leaving out those that met a long outage or came just after it."""
    short = [outage for outage in outages if outage.is_short]
    long = [outage for outage in outages if not outage.is_short]
    if not short:
        raise browser.UnexpectedAnswerError("each restart took longer than people wait")
    looks = [
        look
        for look in looks
        if not any(look.ended >= outage.began and look.began <= outage.back + PAUSE_S for outage in long)
    ]
    lost = [look for look in looks if look.status != 200]
    under_way = [
        look for look in looks if any(look.began <= outage.stopped and look.ended >= outage.began for outage in short)
    ]
    lost_elsewhere = [look for look in lost if look not in under_way]
    more: dict[str, object] = {
        "under_way": len(under_way),
        "lost_under_way": len(lost) - len(lost_elsewhere),
        "looks": len(looks),
        "restarts": len(short),
        "restarts_again": len(long),
        "slowest_s": round(max(look.ended - look.began for look in looks), 2),
        "worker_heard_s": round(max(heard_s), 1),
    }
    return Figure("database_restart_lost", len(lost_elsewhere), "requests", 0, more)
