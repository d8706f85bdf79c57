"""Databases whose keys are gone. When root runs us, they are outside the checkout, and outlive a `.local` that was
removed.
"""

import time
from pathlib import Path

from deploy.local.postgres import Cluster

FILES = ("portal.json", "worker.json")


def put_aside(cluster: Cluster, keys: Path, main: str, key_database: str) -> str | None:
    """Give both databases another name when neither key file is there; returns main's, None when nothing was done.

    keys: the folder of the key files. What is sealed in these databases never opens again, and no others may take
    their place beside keys made anew. Nothing is removed. A start that was cut short before the keys is no loss.
    """
    if any((keys / name).exists() for name in FILES):
        return None
    there = [name for name in (main, key_database) if cluster.has_database(name)]
    if not there or (key_database in there and not _knows_keys(cluster, key_database)):
        return None
    mark = time.strftime("%Y%m%d_%H%M%S")
    for name in there:
        cluster.rename_database(name, f"{name}_{mark}")
    return f"{main}_{mark}"


def _knows_keys(cluster: Cluster, name: str) -> bool:
    with cluster.superuser(name) as conn:
        if conn.execute("select to_regclass('public.keys_installation')").fetchone() == (None,):
            return False
        return conn.execute("select from public.keys_installation").fetchone() is not None
