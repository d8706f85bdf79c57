"""Processor time of other processes, by the kernel's clocks of them."""

import time

import psycopg

OF_PROCESS = 2  # CPUCLOCK_SCHED: the id of a process's clock that counts what all its threads used


def cpu_s(pid: int) -> float:
    """Read how many seconds of processor a process has used in all its threads, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | OF_PROCESS)


def backends(owner: psycopg.Connection) -> list[int]:
    """List the ids of the processes in which the database serves the portal's role."""
    rows = owner.execute(
        "select pid from pg_stat_activity where usename = 'portal' and datname = current_database()"
    ).fetchall()
    return [pid for (pid,) in rows]


def backends_cpu_s(owner: psycopg.Connection) -> float:
    """Add up how many seconds of processor the backends have used.

    Differences are valid as long as no backend ends between two readings; the pool keeps its connections.
    """
    return sum(cpu_s(pid) for pid in backends(owner))
