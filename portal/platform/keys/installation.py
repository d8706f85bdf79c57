"""Which key files belong to which key database, so that a lost or swapped file is found before anyone is let in."""

import json
import secrets
from pathlib import Path

import psycopg

from portal.platform.database import pool

from . import key_file, service
from .errors import CannotOpen, KeyFileBehind, KeyFileRefused, UnknownKey
from .key_file import KeyFile

PROBE = bytes(32)
READ = "select id, probes from keys_installation"


async def verify(role: str) -> None:
    """See that this process holds the keys of its role, and that they are those of the key database.

    Raise KeyFileRefused, with a cure, when not.
    """
    async with pool.connection(pool.KEYS) as conn:
        row = await (await conn.execute(READ)).fetchone()
    if row is None:
        raise KeyFileRefused("The key database knows no key file yet: run `manage.py keys create`.")
    await _compare(service.installed(), row[0], row[1], service.HELD_BY[role])


async def create(portal: Path, worker: Path, owner: str) -> str:
    """Make the two key files of a new installation, or see that those there are its own; says what it did.

    owner: address of the key database as its owner.
    """
    with psycopg.connect(pool.pinned(owner), connect_timeout=5) as conn:
        conn.execute("lock table keys_installation")
        row = conn.execute(READ).fetchone()
        if row is not None:
            for path, role in ((portal, "portal"), (worker, "worker")):
                await _compare(KeyFile.read(path), row[0], row[1], service.HELD_BY[role])
            return "The key files are there and belong to the key database."
        new_id = secrets.token_hex(8)
        for path, like, role in ((portal, worker, "portal"), (worker, portal, "worker")):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                beside = like if like.exists() else None
                of_beside = KeyFile.read(beside).id if beside else new_id
                key_file.create(path, service.HELD_BY[role], installation=of_beside, like=beside)
        files = {role: KeyFile.read(path) for path, role in ((portal, "portal"), (worker, "worker"))}
        if files["portal"].id != files["worker"].id:
            raise KeyFileRefused("The two key files are not of one installation.")
        probes = {
            name: await files[role].wrap(name, PROBE, _context(files[role].id))
            for role in files
            for name in service.HELD_BY[role]
        }
        row = (files["portal"].id, json.dumps(probes))
        conn.execute("insert into keys_installation (id, probes) values (%s, %s)", row)
    return "The key files were made. Keep a back-up of each, apart from those of the databases."


async def _compare(keys: service.KeyService, known: str, probes: dict[str, str], names: tuple[str, ...]) -> None:
    if keys.id != known:
        raise KeyFileRefused("It belongs to another key database: put back the file of this one.")
    for name in names:
        try:
            opened = await keys.unwrap(name, probes[name], _context(known))
        except (CannotOpen, KeyFileBehind, UnknownKey, KeyError):
            opened = b""
        if opened != PROBE:
            raise KeyFileRefused(f"Its key {name!r} is not that of the key database: put back the file of this one.")


def _context(known: str) -> bytes:
    return b"installation\0" + known.encode()
