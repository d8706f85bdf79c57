"""How soon a mail about a notice is handed over, while fifty notices a second come for two minutes.

    SECONDS=10 make bench B=mail_p95_s       for a shorter time

A body sends the notices by its own call, each about a dossier of its own, to fifty citizens who want mails at once.
One worker runs, as in `make run`; the mail server accepts each mail at once. The delay runs from the moment at which
the portal received the notice (`arrived_at`, before it is accepted) until the mail server has the mail. `behind_s` is
how much later than planned the last notice was sent; when it is large, fewer than fifty came in a second.
"""

import asyncio
import json
import os
import tempfile
import time
from pathlib import Path

from deploy.local.house import House, free_ports, running_house
from deploy.local.processes import stop_all

from . import mail_sink
from .bodies import adult_number
from .browser import UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .notices import BundleConnection, bundle, set_up, token
from .scene import RAISED

TARGET_S = 10.0
RATE, SECONDS, CITIZENS, CONNECTIONS = 50, 120, 50, 16
PATIENCE_S = 900.0  # for the last mail
SENT = """
select extract(epoch from n.arrived_at)::float8, d.id::text, d.state from notifications_delivery d
join notifications_notice n on n.id = d.notice_id
"""
PENDING = "select count(*) from notifications_delivery where settled_at is null"
JOBS = "select count(*) from procrastinate_jobs where task_name = 'mail.deliver' and status in ('todo', 'doing')"


def measure() -> Figure:
    """Measure in a house that just started."""
    (port,) = free_ports(1)
    people = [adult_number(serial) for serial in range(CITIZENS)]
    with (
        tempfile.TemporaryDirectory(prefix="mbp-mail-") as folder,
        running_house({**RAISED, "SMTP_PORT": str(port)}) as house,
    ):
        file = Path(folder) / "mails"
        sink = mail_sink.start(port, house.environment["SANDBOX_CERTIFICATES"], file)
        try:
            set_up(house.environment, {"mails": {insz: f"bench{at}@example.org" for at, insz in enumerate(people)}})
            # Wait until the mails that confirm the addresses are sent.
            _await(house, JOBS)
            count = RATE * int(os.environ.get("SECONDS", SECONDS))
            behind_s = asyncio.run(_send(house, people, count))
            _await(house, PENDING)
            return _figure(house, file, count, behind_s)
        finally:
            stop_all([sink])


async def _send(house: House, people: list[str], count: int) -> float:
    """Send notices at an even pace; return by how many seconds the last one was late."""
    access_token = await asyncio.to_thread(token, house.environment, house.portal)
    connections: asyncio.Queue[BundleConnection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(BundleConnection(house.portal, access_token))

    async def send(connection: BundleConnection, serial: int) -> None:
        status = await connection.send(json.dumps(bundle(str(serial), people[serial % len(people)])).encode())
        connections.put_nowait(connection)
        if status != 200:
            raise UnexpectedAnswerError(f"a notice: status {status}")

    began, behind = time.monotonic(), 0.0
    async with asyncio.TaskGroup() as sending:
        for serial in range(count):
            due = began + serial / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            connection = await connections.get()
            behind = time.monotonic() - due
            sending.create_task(send(connection, serial))
    return behind


def _await(house: House, statement: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while house.rows(statement) != [(0,)]:
        if time.monotonic() > end:
            raise UnexpectedAnswerError(f"{house.rows(statement)} mails are still to be sent")
        time.sleep(0.5)


def _figure(house: House, file: Path, count: int, behind_s: float) -> Figure:
    received_at: dict[str, float] = {}
    for at, delivery in mail_sink.read(file):
        received_at.setdefault(delivery, at)
    rows = house.rows(SENT)
    states = [state for *_, state in rows]
    if states != ["sent"] * count:
        raise UnexpectedAnswerError(f"{states.count('sent')} of {count} were mailed")
    seconds = [received_at[delivery] - at for at, delivery, _ in rows]
    more: dict[str, object] = {
        "median": round_off(median(seconds)),
        "max": round_off(max(seconds)),
        "mails": len(seconds),
        "a_second": RATE,
        "behind_s": round_off(behind_s),
        "last_s": round_off(max(received_at.values()) - min(at for at, *_ in rows)),
    }
    return Figure("mail_p95_s", p95(seconds), "s", TARGET_S, more)
