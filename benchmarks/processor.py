"""Processor time of other processes, from /proc."""

import os
from pathlib import Path

import psycopg

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Read how many seconds of processor a process has used in all its threads; in steps of a clock tick."""
    # The name, between brackets, may itself hold spaces and brackets.
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) * TICK_S


def backends(owner: psycopg.Connection) -> list[int]:
    """List the processes in which the database serves the portal's role."""
    rows = owner.execute(
        "select pid from pg_stat_activity where usename = 'portal' and datname = current_database()"
    ).fetchall()
    return [pid for (pid,) in rows]


def backends_cpu_s(owner: psycopg.Connection) -> float:
    """Add up what those processes have used. Valid as long as no backend ends between two readings; the pool keeps
    its connections.
    """
    return sum(cpu_s(pid) for pid in backends(owner))
