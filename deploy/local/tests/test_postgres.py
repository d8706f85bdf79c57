"""The cluster of one checkout: rights of the three roles, adoption, and what a killed server leaves behind."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local import lost_keys
from deploy.local.postgres import RIGHTS, Cluster, start
from deploy.local.postmaster import postmaster_pid


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("checkout")
    cluster = start(folder)
    yield folder
    cluster.stop()
    shutil.rmtree(cluster.place.data.parent)
    shutil.rmtree(cluster.place.sockets)


@pytest.fixture
def cluster(checkout: Path) -> Iterator[Cluster]:
    cluster = start(checkout)
    cluster.create_database("proef", fresh=True)
    yield cluster
    cluster.stop()


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def test_owner_owns_the_database_and_its_schema(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls("proef").owner) as connection:
        connection.execute("CREATE TABLE dossier (id int)")
        owners = connection.execute(
            "SELECT (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'proef'),"
            " (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public'),"
            " (SELECT tableowner FROM pg_tables WHERE tablename = 'dossier')"
        ).fetchone()
    assert owners == ("owner", "owner", "owner")


def test_owner_migrates_a_database_that_an_administrator_made(cluster: Cluster) -> None:
    with cluster.superuser("postgres") as administrator:
        administrator.execute("CREATE DATABASE beheerd TEMPLATE template0")
    with cluster.superuser("beheerd") as administrator:
        administrator.execute(RIGHTS.read_bytes())
    with psycopg.connect(cluster.urls("beheerd").owner) as connection:
        connection.execute("CREATE TABLE dossier (id int)")
    for refused in ("CREATE TABLE eigen (id int)", "CREATE TEMPORARY TABLE eigen (id int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one(cluster.urls("beheerd").portal, refused)
    cluster.drop_database("beheerd")


@pytest.mark.parametrize("role", ["portal", "worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE eigen (id int)",
        "CREATE TEMPORARY TABLE eigen (id int)",
        "CREATE SCHEMA eigen",
        "SELECT * FROM dossier",
    ],
)
def test_roles_that_serve_may_make_and_see_nothing_by_themselves(cluster: Cluster, role: str, statement: str) -> None:
    urls = cluster.urls("proef")
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS dossier (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(getattr(urls, role), statement)


def test_roles_have_no_rights_of_their_own(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls("proef").portal) as connection:
        rights = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
            " WHERE rolname IN ('owner', 'portal', 'worker') ORDER BY rolname"
        ).fetchall()
    nothing = (False, False, False, False, False)
    assert rights == [("owner", *nothing), ("portal", *nothing), ("worker", *nothing)]


def test_roles_cannot_enter_another_database(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        one(cluster.urls("postgres").portal, "SELECT 1")


def test_server_listens_on_its_socket_only(cluster: Cluster) -> None:
    superuser = cluster._url("postgres", "postgres")
    assert one(superuser, "SHOW listen_addresses") == ""
    assert one(superuser, "SHOW unix_socket_directories") == str(cluster.place.sockets)
    assert len(str(cluster.place.sockets / ".s.PGSQL.5432")) <= 107


def test_wrong_password_is_refused(cluster: Cluster) -> None:
    url = cluster.urls("proef").portal.replace(cluster.passwords["portal"], "geraden")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        one(url, "SELECT 1")


def test_passwords_are_for_us_alone(cluster: Cluster) -> None:
    assert (cluster.state / "postgres.json").stat().st_mode & 0o777 == 0o600
    assert cluster.state.stat().st_mode & 0o777 == 0o700
    assert cluster.place.data.stat().st_mode & 0o777 == 0o700
    assert "geheim" not in repr(Cluster(cluster.place, cluster.state, False, {"portal": "geheim"}, None))


def test_create_database_keeps_what_is_there_unless_fresh(cluster: Cluster) -> None:
    owner = cluster.urls("proef").owner
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE blijft (id int)")
    cluster.create_database("proef")
    assert one(owner, "SELECT to_regclass('blijft')::text") == "blijft"
    cluster.create_database("proef", fresh=True)
    assert one(owner, "SELECT to_regclass('blijft')::text") is None


def test_second_user_adopts_and_the_last_one_stops(tmp_path: Path) -> None:
    first = start(tmp_path)
    try:
        second = start(tmp_path)
        assert (first.started, second.started) == (True, False)
        assert first.stop() is False
        assert one(second._url("postgres", "postgres"), "SELECT 1") == 1
        assert second.stop() is True
        assert postmaster_pid(second.place) is None
        assert second.stop() is False
    finally:
        shutil.rmtree(first.place.data.parent)
        shutil.rmtree(first.place.sockets)


def test_start_survives_a_killed_server(checkout: Path, cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls("proef").owner) as connection:
        connection.execute("CREATE TABLE blijft (id int)")
    killed = postmaster_pid(cluster.place)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    again = start(checkout)
    assert again.started is True
    assert postmaster_pid(again.place) not in (None, killed)
    assert one(again.urls("proef").owner, "SELECT to_regclass('blijft')::text") == "blijft"
    again.stop()


def test_start_survives_a_process_number_that_now_belongs_to_another(tmp_path: Path) -> None:
    cluster = start(tmp_path)
    try:
        pid_file = cluster.place.data / "postmaster.pid"
        left = pid_file.read_text().split("\n", 1)[1]
        cluster.stop()
        # The pid of this test process: it is alive, and is no PostgreSQL.
        pid_file.write_text(f"{os.getpid()}\n{left}")
        (cluster.place.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n{left}")
        again = start(tmp_path)
        assert again.started is True
        assert again.stop() is True
    finally:
        shutil.rmtree(cluster.place.data.parent)
        shutil.rmtree(cluster.place.sockets)


def test_lost_passwords_are_made_again(checkout: Path, cluster: Cluster) -> None:
    (cluster.state / "postgres.json").unlink()
    again = start(checkout)
    assert again.passwords != cluster.passwords
    assert one(again.urls("proef").portal, "SELECT current_user") == "portal"
    again.stop()


def test_lost_socket_is_made_again(checkout: Path, cluster: Cluster) -> None:
    shutil.rmtree(cluster.place.sockets)
    again = start(checkout)
    assert one(again.urls("proef").portal, "SELECT current_user") == "portal"
    again.stop()


def test_databases_whose_keys_were_removed_stand_aside_for_others(cluster: Cluster, tmp_path: Path) -> None:
    def put_aside() -> str | None:
        return lost_keys.put_aside(cluster, tmp_path, "proef", "sleutels")

    cluster.create_database("sleutels", fresh=True)
    assert put_aside() is None  # a start that was cut short before it made keys
    with psycopg.connect(cluster.urls("sleutels").owner) as connection:
        connection.execute("CREATE TABLE keys_installation (id text)")
    assert put_aside() is None
    with psycopg.connect(cluster.urls("sleutels").owner) as connection:
        connection.execute("INSERT INTO keys_installation VALUES ('x')")
    for file in lost_keys.FILES:
        (tmp_path / file).touch()
        assert put_aside() is None  # one that is lost is to be put back
        (tmp_path / file).unlink()
    aside = put_aside()
    assert [aside[:6], put_aside()] == ["proef_", None]
    assert [cluster.has_database(name) for name in ("proef", "sleutels", aside)] == [False, False, True]
    assert one(cluster.urls(aside.replace("proef", "sleutels")).owner, "SELECT id FROM keys_installation") == "x"
    assert cluster.create_database("sleutels") is True
