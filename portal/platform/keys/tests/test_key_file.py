"""The file of master keys: made closed, refused when open, rotated without losing what is wrapped."""

import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from portal.platform.keys import key_file
from portal.platform.keys.errors import CannotOpen, KeyFileBehind, KeyFileRefused, UnknownKey
from portal.platform.keys.key_file import KeyFile

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys.json"
    key_file.create(made, ("citizen", "mail"), installation="a")
    return made


def test_created_file_is_closed_to_others_and_never_written_over(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        key_file.create(path, ("citizen",), installation="b")
    assert path.read_bytes() == before


@pytest.mark.security
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyFileRefused, match="can be read by others"):
        KeyFile.read(path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"id": "a", "keys": {}}', '{"id": "a", "keys": {"mail": []}}',
             '{"id": "a", "keys": {"mail": ["c2hvcnQ="]}}', '{"id": "a", "keys": {}, "more": 1}'],
)  # fmt: skip
def test_damaged_file_is_refused_without_quoting_it(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(KeyFileRefused) as refused:
        KeyFile.read(path)
    assert refused.value.detail == "keys.json is damaged: put it back from its back-up."


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="is not there"):
        KeyFile.read(tmp_path / "none.json")


async def test_wrapped_key_opens_in_its_own_context_and_name_only(path: Path) -> None:
    keys = KeyFile.read(path)
    wrapped = await keys.wrap("citizen", KEY, b"one")
    assert await keys.unwrap("citizen", wrapped, b"one") == KEY
    for name, context in (("citizen", b"two"), ("mail", b"one")):
        with pytest.raises(CannotOpen):
            await keys.unwrap(name, wrapped, context)
    with pytest.raises(UnknownKey):
        await keys.wrap("journal", KEY, b"one")


@pytest.mark.parametrize("wrapped", ["", "v1:", "v0:AAAA", "v-1:AAAA", "x", "v1:%", "v1:" + "A" * 80])
async def test_nonsense_does_not_open(path: Path, wrapped: str) -> None:
    with pytest.raises(CannotOpen):
        await KeyFile.read(path).unwrap("citizen", wrapped, b"one")


async def test_rotated_key_opens_the_old_and_wraps_anew(path: Path, tmp_path: Path) -> None:
    beside = tmp_path / "worker.json"
    key_file.create(beside, ("mail", "journal"), installation="a", like=path)
    old = await KeyFile.read(path).wrap("mail", KEY, b"one")
    assert key_file.rotate((path, beside), "mail") == (2, True)
    for keys in (KeyFile.read(path), KeyFile.read(beside)):
        assert await keys.unwrap("mail", old, b"one") == KEY
    keys = KeyFile.read(path)
    new = await keys.rewrap("mail", old, b"one")
    assert (old[:3], new[:3]) == ("v1:", "v2:")
    assert await keys.rewrap("mail", new, b"one") == new
    assert await KeyFile.read(beside).unwrap("mail", new, b"one") == KEY
    # What the pseudonyms are made with stays the first for ever.
    assert await keys.mac("mail", b"x") == await KeyFile.read(beside).mac("mail", b"x")


async def test_key_wrapped_after_this_file_was_read_is_told_apart_from_one_that_does_not_open(path: Path) -> None:
    before = KeyFile.read(path)
    key_file.rotate((path,), "mail")
    new = await KeyFile.read(path).wrap("mail", KEY, b"one")
    with pytest.raises(KeyFileBehind):
        await before.unwrap("mail", new, b"one")


def test_rotated_file_is_closed_to_others(path: Path) -> None:
    key_file.rotate((path,), "mail")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rotating_files_that_do_not_agree_is_refused(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    key_file.create(other, ("mail",), installation="a")
    with pytest.raises(KeyFileRefused, match="do not agree"):
        key_file.rotate((path, other), "mail")


async def test_rotation_that_died_between_the_files_is_completed_by_the_next(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was refused, and who then put the files back from a back-up lost what was wrapped meanwhile."""
    worker = tmp_path / "worker.json"
    key_file.create(worker, ("mail", "journal"), installation="a", like=path)
    replace, done = key_file._replace, list[Path]()

    def dies(file: Path, table: key_file.KeyTable) -> None:
        if done:
            raise KeyboardInterrupt
        replace(file, table)
        done.append(file)

    monkeypatch.setattr(settings, "KEYS_FILE", str(path))
    monkeypatch.setattr(settings, "KEYS_FILE_WORKER", str(worker))
    with monkeypatch.context() as patched:
        patched.setattr(key_file, "_replace", dies)
        with pytest.raises(KeyboardInterrupt):
            call_command("keys", "rotate", "mail")
    assert done == [worker]
    # Meanwhile the one that wraps knows no version that the other lacks.
    between = await KeyFile.read(path).wrap("mail", KEY, b"one")
    assert await KeyFile.read(worker).unwrap("mail", between, b"one") == KEY
    call_command("keys", "rotate", "mail")
    # Who rotates because a key was found by others must know that the one that was found is still the newest.
    assert "mail: version 2 was put into the file that lacked it; no new one was made." in capsys.readouterr().out
    new = await KeyFile.read(path).wrap("mail", KEY, b"one")
    assert new.startswith("v2:")
    for wrapped in (between, new):
        assert await KeyFile.read(worker).unwrap("mail", wrapped, b"one") == KEY
    call_command("keys", "rotate", "mail")
    assert capsys.readouterr().out.startswith("mail: version 3. Restart")


def test_file_of_an_older_back_up_gets_the_versions_that_it_lacks(path: Path, tmp_path: Path) -> None:
    worker = tmp_path / "worker.json"
    key_file.create(worker, ("mail", "journal"), installation="a", like=path)
    old = path.read_bytes()
    for number in (2, 3):
        assert key_file.rotate((worker, path), "mail") == (number, True)
    path.write_bytes(old)
    assert key_file.rotate((worker, path), "mail") == (3, False)
    assert key_file._read(path).keys["mail"] == key_file._read(worker).keys["mail"]


@pytest.mark.security
def test_keys_are_not_printed(path: Path) -> None:
    assert repr(KeyFile.read(path)) == "KeyFile(a, ['citizen', 'mail'])"
