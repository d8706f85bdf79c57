"""The order in which an answer file is looked for."""

from pathlib import Path

import pytest

from sandbox.magda.folders import BadKey, domain_of, find, knows, open_library
from sandbox.manifests import sample_folders, sources_of

PLACE = ("Persoon", "GeefPersoon", "02.02.0000")


@pytest.fixture
def library(tmp_path: Path):
    for root in ("own", "first", "second"):
        (tmp_path / root / "/".join(PLACE)).mkdir(parents=True)
    return open_library((tmp_path / "own",), (tmp_path / "first", tmp_path / "second"))


def _put(library, root: int, path: str) -> str:
    file = library.roots[root] / f"{path}.xml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<a/>")
    return str(file)


def _find(library, *keys: str) -> str | None:
    found = find(library, *PLACE, keys)
    return found.path if found else None


def test_exact_key_in_a_later_folder_goes_before_notfound_in_an_earlier(library):
    absent = _put(library, 0, "Persoon/GeefPersoon/02.02.0000/notfound")
    exact = _put(library, 2, "Persoon/GeefPersoon/02.02.0000/71690999827")
    assert _find(library, "71690999827") == exact
    assert _find(library, "71690999826") == absent


def test_earlier_folder_wins(library):
    _put(library, 1, "Persoon/GeefPersoon/02.02.0000/1")
    own = _put(library, 0, "Persoon/GeefPersoon/02.02.0000/1")
    assert _find(library, "1") == own


def test_byte_order_mark_before_a_manifest_hides_no_source(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b/agency.toml").write_text('\ufeff[[datasets]]\nsource = "b-iets"\n', "utf-8")
    assert sources_of([tmp_path]).names == ("b-iets",)


def test_folders_are_dropped_from_the_deepest(library):
    ladder = [
        "Persoon/GeefPersoon/02.02.0000/a/b/c",
        "Persoon/GeefPersoon/02.02.0000/a/c",
        "Persoon/GeefPersoon/02.02.0000/c",
        "Persoon/GeefPersoon/c",
        "Persoon/c",
        "Persoon/GeefPersoon/02.02.0000/a/b/notfound",
        "Persoon/notfound",
        "Persoon/GeefPersoon/02.02.0000/a/b/success",
        "Persoon/success",
    ]
    files = [_put(library, 0, step) for step in ladder]
    for file in files:
        assert _find(library, "a", "b", "c") == file
        Path(file).unlink()
    assert _find(library, "a", "b", "c") is None


def test_without_key_there_is_notfound_or_success(library):
    success = _put(library, 1, "Persoon/GeefPersoon/02.02.0000/success")
    assert _find(library) == success
    absent = _put(library, 2, "Persoon/notfound")
    assert _find(library) == absent


@pytest.mark.parametrize("keys", [("..",), (".",), ("../../x",), ("a", "b/c"), ("a\\b",), ("..", "a"), ("\0",)])
def test_key_cannot_leave_its_folder(library, keys):
    with pytest.raises(BadKey):
        _find(library, *keys)


def test_key_that_is_too_long_is_not_found(library):
    assert _find(library, "x" * 5000) is None


def test_portrait_is_chosen_by_parity_and_stays(library):
    below = "Persoon/GeefPasfoto/02.00.0000"
    men = [_put(library, 1, f"{below}/mannen/{n}") for n in range(3)]
    women = [_put(library, 1, f"{below}/vrouwen/{n}") for n in range(3)]
    own = _put(library, 1, f"{below}/71690999827")

    def portrait(number: str) -> str | None:
        found = find(library, "Persoon", "GeefPasfoto", "02.00.0000", (number,))
        return found.path if found else None

    assert portrait("71690999827") == own
    assert portrait("71690999728") in men
    assert portrait("71690999629") == portrait("71690999629")
    assert portrait("71690999827"[:6] + "99801") in women


def test_service_added_later_is_found(library):
    assert domain_of(library, "GeefBewijs", "02.00.0000") is None
    _put(library, 2, "LED/GeefBewijs/02.00.0000/61610100123")
    assert domain_of(library, "GeefBewijs", "02.00.0000") == "LED"
    assert domain_of(library, "geefbewijs", "02.00.0000") is None
    assert knows(library, "61610100123")
    assert not knows(library, "61610100124")


@pytest.mark.parametrize("text", [b"= ", b"\xff", b"a = " + b"[" * 100_000, b"a = " + b"9" * 10_000, None])
def test_a_manifest_that_cannot_be_read_does_not_keep_the_others(tmp_path, text):
    for name in ("a_broken", "b_sound"):
        (tmp_path / name).mkdir()
    file = tmp_path / "a_broken/agency.toml"
    file.mkdir() if text is None else file.write_bytes(text)
    (tmp_path / "b_sound/agency.toml").write_text('[[datasets]]\nsource = "sound"\n')
    assert sources_of([tmp_path]).names == ("sound",)


def test_a_link_that_goes_round_is_not_followed(tmp_path):
    body = tmp_path / "rond"
    (body / "samples").mkdir(parents=True)
    (body / "samples/rond").symlink_to(body / "samples")
    (body / "agency.toml").symlink_to(body / "agency.toml")
    assert (sources_of([tmp_path]).names, sample_folders([tmp_path])) == ((), (body / "samples",))
    assert open_library(sample_folders([tmp_path]), ()).people == frozenset()
