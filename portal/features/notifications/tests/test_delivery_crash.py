"""Workers and a mail server that die while mails about notices are on their way: none is lost or doubled."""

import asyncio
import signal
import subprocess
from collections import Counter

from portal.features.notifications.tests.mailing import wants_all
from portal.features.notifications.tests.notifying import bundle, notify, token_of
from tests.citizen import Citizen
from tests.inbox import Inbox, Workers, past_walls, rows
from tests.town import until

LIES = "84651421235"
COUNT = 300
LEFT = "select count(*) from notifications_delivery where state <> 'sent'"
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo'"


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


async def test_each_notice_is_one_mail_though_workers_are_killed_and_the_server_is_down(
    lies: Citizen, inbox: Inbox, workers: Workers
) -> None:
    before = Counter(inbox.outcomes())
    await wants_all(lies.session.citizen_id)
    await token_of()
    for start in range(0, COUNT, 20):
        sent = [bundle(LIES, TransactieId=f"dossier {start + number}") for number in range(20)]
        assert {answer.status_code for answer in await asyncio.gather(*map(notify, sent))} == {200}
    assert past_walls("select count(*) from notifications_delivery") == [(COUNT,)]
    # Slow, so that each kill falls in the middle of mails on their way.
    inbox.fails("ok", latency_ms=150)
    first = workers.start()
    until(lambda: len(inbox.mails()) >= 20)
    kill(first)
    inbox.fails("down")
    second = workers.start()
    until(lambda: (Counter(inbox.outcomes()) - before)["down"] >= 5)
    # What arrives is not said to have arrived.
    inbox.fails("reset", latency_ms=150)
    rows(AGAIN)
    until(lambda: (Counter(inbox.outcomes()) - before)["reset"] >= 5)
    kill(second)
    inbox.fails("ok")
    # The pauses are over: how they grow is tried elsewhere.
    rows(AGAIN)
    third = workers.start()
    until(lambda: past_walls(LEFT) == [(0,)])
    ids = Counter(dict(mail["headers"])["Message-ID"] for mail in inbox.mails())
    wanted = {
        f"<{delivery_id}@burgerprofiel.example>"
        for (delivery_id,) in past_walls("select id from notifications_delivery")
    }
    # Each notice has one row, and each row one Message-ID: twice is never two different mails.
    assert set(ids) == wanted
    assert len(wanted) == COUNT
    assert workers.stop(third) == 0
    assert [word for word in ("lies", "example.org", "2026-77") if word in workers.log_text()] == []
