"""Processor time of other processes, by their clocks."""

import time

import psycopg

OF_PROCESS = 2  # what the kernel's clock of another process counts: what all its threads used


def cpu_s(pid: int) -> float:
    """Read how many seconds of processor a process has used in all its threads, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | OF_PROCESS)


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
