"""Two thousand random histories against a model: bell and list count what the model counts after each step."""

import random

import psycopg

from portal.features.notifications.tests import histories
from portal.platform.database import pool

HISTORIES = 2_000  # `make fuzz` plays a hundred thousand


def test_counts_are_the_models_after_each_step_of_any_history(past_walls: psycopg.Connection):
    with psycopg.connect(pool.address(), autocommit=True) as conn:
        histories.play(conn, past_walls, HISTORIES, random.Random(16))
    past_walls.execute("delete from procrastinate_jobs")
