"""Workers that die while events of the eBox are taken in and mailed: none is lost or doubled."""

import time
from collections import Counter

from portal.features.mailbox.tests.watching import TriedBox, box, link_box
from tests.inbox import Workers, _lets_go_of_the_cluster, cut_workers, inbox, past_walls, rows, running_inbox, workers
from tests.town import until

__all__ = ["_lets_go_of_the_cluster", "box", "inbox", "running_inbox", "workers"]

COUNT = 210  # more than a page
LEFT = "select count(*) filter (where state = 'sent'), count(*) from notifications_delivery"
# As the clock does every twenty seconds.
PULL = """
select procrastinate_defer_jobs_v1(array[
    row('default', 'mailbox.pull', 0, null, null, '{"timestamp": 0}', null)::procrastinate_job_to_defer_v1
])
"""
AGAIN = "update procrastinate_jobs set scheduled_at = null where status = 'todo'"


async def test_each_event_is_one_notice_and_one_mail_though_workers_die(box: TriedBox, workers: Workers) -> None:
    await link_box()
    for number in range(COUNT):
        box.event("newDocument", f"letter {number}")
    workers.values |= {"REST_URL": box.town.tls}

    def kept() -> int:
        return int(past_walls("select count(*) from notifications_notice")[0][0])

    # Slow, so that each kill falls in the middle of mails on their way, and of a page.
    box.town.fails("ok", latency_ms=20)
    rows(PULL)
    first = workers.start()
    until(lambda: kept() > 0)
    workers.kill(first)
    assert kept() <= COUNT
    rows(PULL)
    second = workers.start()
    until(lambda: past_walls(LEFT)[0][0] > 20)
    cut_workers()
    workers.kill(second)
    rows(PULL)
    workers.start()
    box.town.fails("ok")

    def are_all_sent() -> bool:
        rows(AGAIN)
        time.sleep(0.3)  # each look takes connections of its own
        return past_walls(LEFT) == [(COUNT, COUNT)]

    until(are_all_sent)
    assert (kept(), past_walls("select max(arrivals) from notifications_thread")) == (COUNT, [(1,)])
    ids = Counter(dict(mail["headers"])["Message-ID"] for mail in box.town.mails())
    assert len(ids) == COUNT
