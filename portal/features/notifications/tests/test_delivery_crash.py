"""Workers, their database and a mail server that die while mails about notices go: none is lost or doubled."""

import asyncio
import time
from collections import Counter

from portal.features.notifications.tests.mailing import wants_all
from portal.features.notifications.tests.notifying import bundle, notify, token_of
from tests.citizen import Citizen
from tests.inbox import Inbox, Workers, cut_workers, past_walls, rows
from tests.town import until

LIES = "84651421235"
COUNT = 300
LEFT = "select count(*) from notifications_delivery where state <> 'sent'"
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo'"


async def test_each_notice_is_one_mail_though_workers_database_and_mail_server_die(
    lies: Citizen, inbox: Inbox, workers: Workers
) -> None:
    before = Counter(inbox.outcomes())

    def came(outcome: str) -> int:
        return (Counter(inbox.outcomes()) - before)[outcome]

    await wants_all(lies.session.citizen_id)
    await token_of()
    for start in range(0, COUNT, 20):
        sent = [bundle(LIES, TransactieId=f"dossier {start + number}") for number in range(20)]
        assert {answer.status_code for answer in await asyncio.gather(*map(notify, sent))} == {200}
    assert past_walls("select count(*) from notifications_delivery") == [(COUNT,)]
    # Slow, so that each kill falls in the middle of mails on their way.
    inbox.fails("ok", latency_ms=100)
    first, second = workers.start(), workers.start()
    until(lambda: came("250") >= 20)
    workers.kill(first)
    inbox.fails("down")
    until(lambda: came("down") >= 5)
    # What arrives is not said to have arrived.
    inbox.fails("reset", latency_ms=100)
    rows(AGAIN)
    until(lambda: came("reset") >= 5)
    workers.kill(second)
    third = workers.start()
    inbox.fails("ok", latency_ms=100)
    sent_before = came("250")
    until(lambda: came("250") >= sent_before + 5)
    cut_workers()
    inbox.fails("ok")

    def are_all_sent() -> bool:
        # The pauses are over at once: how they grow is tried elsewhere.
        rows(AGAIN)
        time.sleep(0.3)  # each look takes connections of its own
        return past_walls(LEFT) == [(0,)]

    until(are_all_sent)
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
