"""Put databases aside whose keys are gone.

The keys are in `.local`, which somebody may remove; the databases outlive that when root runs us, as they are then
outside the checkout.
"""

import time
from pathlib import Path

from deploy.local.postgres import Cluster

FILES = ("portal.json", "worker.json")


def put_aside(cluster: Cluster, keys: Path, main: str, key_database: str) -> str | None:
    """Rename both databases when neither key file is there; gives the new name of `main`, None when nothing was done.

    `keys` is the folder of the key files. What is sealed in these databases can never be opened again, and they
    must not be used with new keys. Nothing is removed. Databases of a start that ended before keys were made stay.
    """
    if any((keys / name).exists() for name in FILES):
        return None
    existing = [name for name in (main, key_database) if cluster.has_database(name)]
    if not existing or (key_database in existing and not _knows_keys(cluster, key_database)):
        return None
    mark = time.strftime("%Y%m%d_%H%M%S")
    for name in existing:
        cluster.rename_database(name, f"{name}_{mark}")
    return f"{main}_{mark}"


def _knows_keys(cluster: Cluster, name: str) -> bool:
    """Tell whether keys of an installation were ever registered in this key database."""
    with cluster.superuser(name) as conn:
        if conn.execute("select to_regclass('public.keys_installation')").fetchone() == (None,):
            return False
        return conn.execute("select from public.keys_installation").fetchone() is not None
