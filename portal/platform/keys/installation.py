"""Bind key files to their key database, so that a lost or swapped file is found before anyone is let in.

The database keeps a probe per master key: 32 zero bytes, wrapped with it. Only the right file unwraps it.
"""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

import psycopg

from portal.platform.database import pool

from . import key_file, names, service
from .errors import CannotOpen, KeyFileBehind, KeyFileRefused, UnknownKey
from .key_file import KeyFile

PROBE = bytes(32)
READ = "select id, probes from keys_installation"


async def verify(role: str) -> None:
    """Check that this process holds the keys of its role, and that they are those of the key database.

    Raise KeyFileRefused, with a cure, when not.
    """
    rows = await pool.repeatable(READ, alias=pool.KEYS)
    if not rows:
        raise KeyFileRefused("The key database knows no key file yet: run `manage.py keys create`.")
    installation_id, probes = rows[0]
    await _compare(service.installed(), installation_id, probes, names.held_by(role))


async def create(portal: Path, worker: Path, owner: str) -> str:
    """Make the two key files of a new installation, or check that those there are its own.

    Returns a sentence that says what was done. owner: address of the key database as its owner. A file that an
    interrupted run left is kept, and the other gets its identifier and the keys that both hold. Raise KeyFileRefused
    when a file there is not of this key database, or the two are not of one installation.
    """
    with psycopg.connect(pool.pin(owner), connect_timeout=5) as conn:
        conn.execute("lock table keys_installation")
        row = conn.execute(READ).fetchone()
        if row is not None:
            installation_id, probes = row
            for path, role in ((portal, "portal"), (worker, "worker")):
                # Keys of a newer release have no probe yet: `add` puts those in.
                probed = [name for name in names.held_by(role) if name in probes]
                await _compare(KeyFile.read(path), installation_id, probes, probed)
            return "The key files are there and belong to the key database."
        new_id = secrets.token_hex(8)
        for path, like, role in ((portal, worker, "portal"), (worker, portal, "worker")):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                other = like if like.exists() else None
                installation_id = KeyFile.read(other).id if other else new_id
                key_file.create(path, names.held_by(role), installation=installation_id, like=other)
        files = {role: KeyFile.read(path) for path, role in ((portal, "portal"), (worker, "worker"))}
        if files["portal"].id != files["worker"].id:
            raise KeyFileRefused("The two key files are not of one installation.")
        probes = {
            name: await files[role].wrap(name, PROBE, _context(files[role].id))
            for role in files
            for name in names.held_by(role)
        }
        row = (files["portal"].id, json.dumps(probes))
        conn.execute("insert into keys_installation (id, probes) values (%s, %s)", row)
    return "The key files were made. Keep a back-up of each, apart from those of the databases."


async def add(portal: Path, worker: Path, owner: str, wanted: Iterable[str]) -> list[str]:
    """Put keys that came with a newer release into the files of their holders; returns those that were not there.

    wanted: names of `names.master_keys()`. owner: address of the key database as its owner. Run again after an
    interruption, it completes the rest; a key that the database has a probe of is never made anew. Raise
    KeyFileRefused when a file is not of this key database, or lacks what only a back-up can give.
    """
    paths, added = {"portal": portal, "worker": worker}, []
    with psycopg.connect(pool.pin(owner), connect_timeout=5) as conn:
        conn.execute("lock table keys_installation")
        row = conn.execute(READ).fetchone()
        if row is None:
            raise KeyFileRefused("The key database knows no key file yet: run `manage.py keys create`.")
        installation_id, probes = row
        for role, path in paths.items():
            file = KeyFile.read(path)
            present = [name for name in names.held_by(role) if name in probes and name in file.names]
            await _compare(file, installation_id, probes, present)
        for name in wanted:
            if await _put(name, [paths[role] for role in names.master_keys()[name].holders], name in probes):
                added.append(name)
            if name not in probes:
                file = KeyFile.read(paths[names.master_keys()[name].holders[0]])
                probes[name] = await file.wrap(name, PROBE, _context(installation_id))
                conn.execute("update keys_installation set probes = %s", (json.dumps(probes),))
    return added


async def _put(name: str, holders: list[Path], is_known: bool) -> bool:
    """Put a key into each holder's file that lacks it, the same in all; tells whether any lacked it.

    is_known: whether the database has a probe of the key.
    """
    having = [path for path in holders if name in KeyFile.read(path).names]
    lacked = len(having) < len(holders)
    if is_known and not having:
        raise KeyFileRefused(
            f"The key database knows {name!r}, but no file has it: put back a newer back-up of them."
        )
    for path in holders:
        if path not in having:
            key_file.put(path, name, like=having[0] if having else None)
            having.append(path)
    marks = {await KeyFile.read(path).mac(name, PROBE) for path in holders}
    if len(marks) != 1:
        raise KeyFileRefused(f"The files do not agree on {name!r}: restore them from one back-up.")
    return lacked


async def _compare(
    keys: service.KeyService, installation_id: str, probes: dict[str, str], wanted: Iterable[str]
) -> None:
    """Raise KeyFileRefused unless the key service is of this installation, and unwraps the wanted keys' probes."""
    if keys.id != installation_id:
        raise KeyFileRefused("It belongs to another key database: put back the file of this one.")
    for name in wanted:
        if name not in probes:
            raise KeyFileRefused(f"It has no key {name!r} yet: run `manage.py keys add {name}`, then start again.")
        try:
            opened = await keys.unwrap(name, probes[name], _context(installation_id))
        except (CannotOpen, KeyFileBehind, UnknownKey, KeyError):
            opened = b""
        if opened != PROBE:
            raise KeyFileRefused(f"Its key {name!r} is not that of the key database: put back the file of this one.")


def _context(installation_id: str) -> bytes:
    """Give what a probe is bound to, so that it unwraps for no other installation."""
    return b"installation\0" + installation_id.encode()
