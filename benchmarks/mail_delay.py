"""How soon a mail about a notice is handed over, while fifty notices a second come for two minutes.

    SECONDS=10 make bench B=mail_p95_s       for a shorter time

By the body's own call, each about a dossier of its own, for fifty citizens who want mails at once. One worker, as in
`make run`; the mail server takes each mail at once. Measured is from the moment at which the portal has the notice in
its hands, which is before it is accepted, until the mail server has the mail. `behind_s` is by how much the last
notice was sent later than it should have been: then fewer than fifty a second came.
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
from .bodies import grown_up
from .browser import UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .notices import Line, bundle, make, token
from .scene import RAISED

TARGET_S = 10.0
RATE, SECONDS, CITIZENS, LINES = 50, 120, 50, 16
PATIENCE_S = 900.0
SENT = """
select extract(epoch from n.arrived_at)::float8, d.id::text, d.state from notifications_delivery d
join notifications_notice n on n.id = d.notice_id
"""
PENDING = "select count(*) from notifications_delivery where settled_at is null"
JOBS = "select count(*) from procrastinate_jobs where task_name = 'mail.deliver' and status in ('todo', 'doing')"


def measure() -> Figure:
    """Measure in a house that just started."""
    (port,) = free_ports(1)
    people = [grown_up(serial) for serial in range(CITIZENS)]
    with (
        tempfile.TemporaryDirectory(prefix="mbp-mail-") as folder,
        running_house({**RAISED, "SMTP_PORT": str(port)}) as house,
    ):
        file = Path(folder) / "mails"
        sink = mail_sink.start(port, house.environment["SANDBOX_CERTIFICATES"], file)
        try:
            make(house.environment, {"mails": {insz: f"bench{at}@example.org" for at, insz in enumerate(people)}})
            # What was mailed about the addresses is out of the way.
            _await(house, JOBS)
            count = RATE * int(os.environ.get("SECONDS", SECONDS))
            behind_s = asyncio.run(_send(house, people, count))
            _await(house, PENDING)
            return _figure(house, file, count, behind_s)
        finally:
            stop_all([sink])


async def _send(house: House, people: list[str], count: int) -> float:
    """Send at an even pace; returns by how many seconds the last one was late."""
    given = await asyncio.to_thread(token, house.environment, house.portal)
    lines: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(LINES):
        lines.put_nowait(Line(house.portal, given))

    async def send(line: Line, serial: int) -> None:
        status = await line.send(json.dumps(bundle(str(serial), people[serial % len(people)])).encode())
        lines.put_nowait(line)
        if status != 200:
            raise UnexpectedAnswerError(f"a notice: status {status}")

    began, behind = time.monotonic(), 0.0
    async with asyncio.TaskGroup() as sending:
        for serial in range(count):
            due = began + serial / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            line = await lines.get()
            behind = time.monotonic() - due
            sending.create_task(send(line, serial))
    return behind


def _await(house: House, left: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while house.rows(left) != [(0,)]:
        if time.monotonic() > end:
            raise UnexpectedAnswerError(f"{house.rows(left)} mails are still to be sent")
        time.sleep(0.5)


def _figure(house: House, file: Path, count: int, behind_s: float) -> Figure:
    came: dict[str, float] = {}
    for at, delivery in mail_sink.read(file):
        came.setdefault(delivery, at)
    rows = house.rows(SENT)
    states = [state for *_, state in rows]
    if states != ["sent"] * count:
        raise UnexpectedAnswerError(f"{states.count('sent')} of {count} were mailed")
    seconds = [came[delivery] - at for at, delivery, _ in rows]
    more: dict[str, object] = {
        "median": round_off(median(seconds)),
        "max": round_off(max(seconds)),
        "mails": len(seconds),
        "a_second": RATE,
        "behind_s": round_off(behind_s),
        "last_s": round_off(max(came.values()) - min(at for at, *_ in rows)),
    }
    return Figure("mail_p95_s", p95(seconds), "s", TARGET_S, more)
