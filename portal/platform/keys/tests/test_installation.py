"""A lost, swapped or mixed-up key file is found before anyone is let in; a first one is made once."""

from collections.abc import Awaitable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings
from django.utils.module_loading import import_string

from portal.platform.keys import installation, key_file, names, pseudonym, service
from portal.platform.keys.errors import KeyFileRefused
from portal.platform.keys.names import MasterKey

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
    key_file.create(other, names.held_by("portal"), installation="other")
    with pytest.raises(KeyFileRefused, match="belongs to another key database"):
        await _verify_with(other)


@pytest.mark.usefixtures("database")
async def test_other_keys_under_the_same_name_are_refused(tmp_path: Path) -> None:
    forged = tmp_path / "forged.json"
    key_file.create(forged, names.held_by("portal"), installation=service.installed().id)
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
    key_file.create(files[1], names.held_by("worker"), installation="begun")
    assert (await installation.create(*files, OWNER)).startswith("The key files were made.")
    assert key_file.KeyFile.read(files[0]).id == "begun"


LATER = (MasterKey("later", ("portal", "worker"), is_rotated=True),)


@pytest.fixture
async def grown(files: tuple[Path, Path], fresh: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Give the files of an installation that was made before a room declared the key `later`."""
    await installation.create(*files, OWNER)
    monkeypatch.setattr(settings, "MASTER_KEYS", [*settings.MASTER_KEYS, f"{__name__}.LATER"])
    return files


def _add(files: tuple[Path, Path]) -> Awaitable[list[str]]:
    return installation.add(*files, OWNER, names.master_keys())


async def _marks(files: tuple[Path, Path]) -> set[bytes]:
    return {await key_file.KeyFile.read(path).mac("later", b"x") for path in files}


@pytest.mark.usefixtures("database")
async def test_key_that_came_with_a_release_is_missing_until_it_is_added(grown: tuple[Path, Path]) -> None:
    with pytest.raises(KeyFileRefused, match=r"has no key 'later' yet: run `manage\.py keys add later`"):
        await _verify_with(grown[0])
    with override_settings(KEYS_FILE=str(grown[0])):
        assert [(one.id, one.hint.split(",")[0]) for one in run_checks() if one.id == "portal.W020"] == [
            ("portal.W020", "Run `manage.py keys add later`")
        ]
    service._read.cache_clear()
    assert await _add(grown) == ["later"]
    assert await _add(grown) == []
    assert len(await _marks(grown)) == 1
    assert [path.stat().st_mode & 0o777 for path in grown] == [0o600, 0o600]
    await _verify_with(grown[0])


async def test_adding_that_was_cut_short_goes_on(grown: tuple[Path, Path]) -> None:
    key_file.put(grown[1], "later")
    (mark,) = await _marks((grown[1], grown[1]))
    assert await _add(grown) == ["later"]
    assert await _marks(grown) == {mark}


async def test_files_written_but_not_known_yet_become_known(grown: tuple[Path, Path]) -> None:
    key_file.put(grown[0], "later")
    key_file.put(grown[1], "later", like=grown[0])
    assert await _add(grown) == []
    await installation.create(*grown, OWNER)  # compares


async def test_key_that_is_known_is_never_made_anew(grown: tuple[Path, Path]) -> None:
    before = [path.read_bytes() for path in grown]
    await _add(grown)
    for path, content in zip(grown, before, strict=True):
        path.write_bytes(content)
    with pytest.raises(KeyFileRefused, match="but no file has it"):
        await _add(grown)
    assert [path.read_bytes() for path in grown] == before


async def test_files_with_two_keys_of_one_name_are_refused(grown: tuple[Path, Path]) -> None:
    for path in grown:
        key_file.put(path, "later")
    with pytest.raises(KeyFileRefused, match="do not agree on 'later'"):
        await _add(grown)


@pytest.mark.usefixtures("fresh")
async def test_adding_to_nothing_says_what_comes_first(files: tuple[Path, Path]) -> None:
    with pytest.raises(KeyFileRefused, match="keys create"):
        await _add(files)


def test_every_master_key_has_its_row_in_the_operations_page() -> None:
    text = Path("docs/operations.md").read_text()
    assert [name for name in names.master_keys() if f"| `{name}` |" not in text] == []


def test_no_two_rooms_declare_a_master_key_of_one_name() -> None:
    """Else the one that comes later would take the place of the other, with its holders."""
    declared = [key.name for path in settings.MASTER_KEYS for key in import_string(path)]
    assert sorted(declared) == sorted(names.master_keys())


def test_nobody_else_makes_pseudonyms() -> None:
    """Else a key service that counts them could be passed by."""
    users = {file for file in Path("portal").rglob("*.py") if "service.PSEUDONYM" in file.read_text()}
    ours = {Path("portal/platform/keys") / name for name in ("names.py", "pseudonym.py")}
    assert {file for file in users if "tests" not in file.parts} == ours


async def test_no_pseudonym_is_had_by_the_door_for_other_things() -> None:
    assert await pseudonym.citizen_ids(["84651421235", "71690999827"]) == [
        await pseudonym.citizen_id(insz) for insz in ("84651421235", "71690999827")
    ]
    with pytest.raises(ValueError, match="would be a pseudonym"):
        await pseudonym.mac(b"insz\x0084651421235")
