"""A PostgreSQL cluster for one checkout: started or adopted, with three roles, and stopped by its last user.

Many processes of one checkout share the cluster (`make run`, `make test`, a benchmark), each with databases of its
own. Every process that uses it holds a shared lock, which the kernel releases even after `kill -9`.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.local.postmaster import (
    SUPERUSER,
    ClusterPlace,
    halt,
    initialise,
    launch,
    place_for,
    postmaster_pid,
    set_superuser_password,
)
from deploy.local.trouble import LocalTroubleError

CHECKOUT = Path(__file__).resolve().parents[2]
RIGHTS = CHECKOUT / "deploy" / "rights.sql"
ROLES = ("owner", "portal", "worker")


@dataclass(frozen=True)
class Urls:
    """The URL of one database for each role: postgresql://role:password@/database?host=/folder/of/socket."""

    owner: str
    portal: str
    worker: str


@dataclass
class Cluster:
    """A running PostgreSQL cluster that this process uses.

    `started` tells whether this process started it, or adopted it; `hold` is the file descriptor of the shared lock.
    """

    place: ClusterPlace
    state: Path
    started: bool
    passwords: dict[str, str] = field(repr=False)
    hold: int | None = field(repr=False)

    def urls(self, database: str) -> Urls:
        """Give the URLs of `database` for the three roles."""
        return Urls(*(self._url(role, database) for role in ROLES))

    def create_database(self, name: str, *, fresh: bool = False) -> bool:
        """Make database `name`, owned by `owner`, unless it exists, and tell whether it was made now.

        `fresh` drops an existing one first. `portal` and `worker` may connect and use the schema, no more: migrations
        grant the rest.
        """
        database = sql.Identifier(name)
        create = sql.SQL("CREATE DATABASE {} OWNER owner TEMPLATE template0").format(database)
        with _lock(self.state), self.superuser("postgres") as connection:
            if fresh:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            is_new = not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if is_new:
                connection.execute(create)
            with self.superuser(name) as inside:
                inside.execute(RIGHTS.read_bytes())
        return is_new

    def has_database(self, name: str) -> bool:
        """Tell whether there is a database `name`."""
        with self.superuser("postgres") as connection:
            return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def rename_database(self, name: str, new: str) -> None:
        """Rename database `name`, closing its connections."""
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
        with _lock(self.state), self.superuser("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            connection.execute(rename)

    def drop_database(self, name: str) -> None:
        """Remove database `name`, closing its connections."""
        with _lock(self.state), self.superuser("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> bool:
        """Release the cluster, stop it unless another process uses it, and tell whether it stopped."""
        if self.hold is None:
            return False
        with _lock(self.state):
            hold, self.hold = self.hold, None
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                halt(self.place)
                return True
            finally:
                os.close(hold)

    def _url(self, role: str, database: str) -> str:
        return (
            f"postgresql://{role}:{self.passwords[role]}@/{quote(database, safe='')}"
            f"?host={quote(str(self.place.sockets), safe='/')}"
        )

    def superuser(self, database: str) -> psycopg.Connection:
        """Connect as superuser: to make databases and roles, and for tests to see what no role may."""
        return psycopg.connect(self._url(SUPERUSER, database), autocommit=True, connect_timeout=5)

    def rows(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as superuser, and give its rows."""
        with self.superuser(database) as conn:
            cursor = conn.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def start(checkout: Path = CHECKOUT) -> Cluster:
    """Start the cluster of `checkout`, or adopt it where it already runs; the first start takes about a second.

    Raises LocalTroubleError with one line for the person at the terminal.
    """
    state = checkout / ".local"
    try:
        state.mkdir(mode=0o700, exist_ok=True)
        state.chmod(0o700)
    except PermissionError:
        raise LocalTroubleError(f"{state} belongs to another user: remove it, or run as that user.") from None
    with _lock(state):
        place = place_for(checkout)
        # The lock is held from here on; the kernel releases it however this process ends.
        hold = _open(state / "postgres.users")
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            initialise(place)
            passwords = _passwords(place, state / "postgres.json")
            cluster = Cluster(place, state, False, passwords, hold)
            cluster.started = not _answers(cluster)
            if cluster.started:
                halt(place)
                launch(place)
            _ensure_roles(cluster)
        except BaseException:
            os.close(hold)
            raise
    return cluster


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _lock(state: Path) -> Iterator[None]:
    """Lock out other processes that change the cluster, during the block."""
    lock = _open(state / "postgres.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _passwords(place: ClusterPlace, file: Path) -> dict[str, str]:
    """Read the passwords of all roles; make new ones when the file is lost, also for an existing cluster."""
    try:
        known: dict[str, str] = json.loads(file.read_text())
        if known.keys() == {SUPERUSER, *ROLES}:
            return known
    except (FileNotFoundError, ValueError):
        pass
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}
    if postmaster_pid(place) is not None:
        halt(place)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    set_superuser_password(place, passwords[SUPERUSER])
    half = file.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(_open(half), "w") as output:
        json.dump(passwords, output)
    half.rename(file)
    return passwords


def _answers(cluster: Cluster) -> bool:
    """Tell whether a server of this data folder runs and accepts our password."""
    if postmaster_pid(cluster.place) is None:
        return False
    try:
        with cluster.superuser("postgres") as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row == (str(cluster.place.data),)


def _ensure_roles(cluster: Cluster) -> None:
    """Make the three roles, with no right beyond logging in; the owner of the tables is no superuser."""
    with cluster.superuser("postgres") as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            command = "ALTER" if role in known else "CREATE"
            rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            connection.execute(
                sql.SQL(f"{command} ROLE {{}} {rights} PASSWORD {{}}").format(
                    sql.Identifier(role), sql.Literal(cluster.passwords[role])
                )
            )
        connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
