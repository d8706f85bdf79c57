"""Random histories of notices, in the databases of a house of their own: no count may be wrong."""

import random

import psycopg

from deploy.local.house import running_house
from deploy.local.processes import stop_all
from portal.features.notifications.tests import histories
from portal.platform.database import pool

A_ROUND = 2_000
# Nothing is mailed: these notices are sealed for nobody.
WITHOUT_MAILS = """
create function no_mail() returns trigger language plpgsql as 'begin return null; end';
create trigger no_mail before insert on procrastinate_jobs for each row
    when (new.task_name = 'notifications.tell') execute function no_mail();
"""
EMPTY = "truncate notifications_notice, notifications_thread, notifications_bundle, notifications_delivery"


def play(count: int, seed: int) -> int:
    """Play at least so many histories; give how many. Raise AssertionError with the one whose count is wrong."""
    chance, played = random.Random(seed), 0
    with running_house() as house, house.cluster.superuser(house.database) as past_walls:
        # It would sweep away what these histories call new: their clock stands in March.
        stop_all([house.child("worker")])
        past_walls.execute(WITHOUT_MAILS)
        with psycopg.connect(pool.pin(house.urls.portal), autocommit=True) as conn:
            while played < count:
                histories.play(conn, past_walls, A_ROUND, chance)
                past_walls.execute(EMPTY)
                played += A_ROUND
    return played
