"""A lost, swapped or mixed-up key file is found before anyone is let in; a first one is made once."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from portal.platform.keys import installation, key_file, service
from portal.platform.keys.errors import KeyFileRefused

OWNER = settings.KEYS_DATABASE_URL_OWNER
KNOWN = "select id, probes::text from keys_installation"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "keys" / "portal.json", tmp_path / "keys" / "worker.json"


@pytest.fixture
def fresh() -> Iterator[None]:
    """Let the key database know no file, and put back what it knew."""
    with psycopg.connect(OWNER, autocommit=True) as conn:
        (known,) = conn.execute(KNOWN).fetchall()
        conn.execute("delete from keys_installation")
        yield
        conn.execute("delete from keys_installation")
        conn.execute("insert into keys_installation (id, probes) values (%s, %s)", known)


@pytest.mark.usefixtures("database")
async def test_own_file_is_taken() -> None:
    await installation.verify("portal")


@pytest.mark.usefixtures("database")
async def test_file_of_another_installation_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    key_file.create(other, service.HELD_BY["portal"], installation="other")
    with pytest.raises(KeyFileRefused, match="belongs to another key database"):
        await _verify_with(other)


@pytest.mark.usefixtures("database")
async def test_other_keys_under_the_same_name_are_refused(tmp_path: Path) -> None:
    forged = tmp_path / "forged.json"
    key_file.create(forged, service.HELD_BY["portal"], installation=service.installed().id)
    with pytest.raises(KeyFileRefused, match="is not that of the key database"):
        await _verify_with(forged)


async def _verify_with(path: Path) -> None:
    before = settings.KEYS_FILE
    settings.KEYS_FILE = str(path)
    try:
        await installation.verify("portal")
    finally:
        settings.KEYS_FILE = before


@pytest.mark.usefixtures("fresh")
async def test_create_makes_both_files_once(files: tuple[Path, Path]) -> None:
    assert (await installation.create(*files, OWNER)).startswith("The key files were made.")
    made = [path.read_bytes() for path in files]
    assert (await installation.create(*files, OWNER)).startswith("The key files are there")
    assert [path.read_bytes() for path in files] == made


@pytest.mark.usefixtures("fresh")
async def test_create_makes_nothing_new_for_a_database_that_knows_its_files(files: tuple[Path, Path]) -> None:
    await installation.create(*files, OWNER)
    files[0].unlink()
    with pytest.raises(KeyFileRefused, match="is not there"):
        await installation.create(*files, OWNER)
    assert not files[0].exists()


@pytest.mark.usefixtures("fresh")
async def test_create_that_was_cut_short_goes_on(files: tuple[Path, Path]) -> None:
    files[0].parent.mkdir()
    key_file.create(files[1], service.HELD_BY["worker"], installation="begun")
    assert (await installation.create(*files, OWNER)).startswith("The key files were made.")
    assert key_file.KeyFile.read(files[0]).id == "begun"
