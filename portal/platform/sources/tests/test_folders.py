"""Folders of bodies are read whole, from wherever they stand, or refused with the place and the cure."""

import os
import sys
from pathlib import Path

import pytest

from portal.platform.sources import catalogue, manifest

from .test_catalogue import SOUND, body


def refusal(*roots: Path) -> str:
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load(roots)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("class", "'class' is a word of Python itself; choose another name."),
        ("Voorbeeld", "lower-case letters, digits and _"),
        ("stad-gent", "lower-case letters, digits and _"),
        ("2de_lijn", "begins with a letter"),
        ("a" * 41, "1 to 40"),
    ],
)
def test_a_name_that_cannot_be_a_bodys_is_refused(tmp_path, name, said):
    refused = refusal(body(tmp_path, name))
    assert said in refused
    assert str(tmp_path / name / "agency.toml") in refused


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    body(tmp_path, "voorbeeld")
    (tmp_path / "vergeten").mkdir()
    (tmp_path / "vergeten/parse.py").write_text("")
    assert f"{tmp_path / 'vergeten'} has no agency.toml; write one" in refusal(tmp_path)


def test_what_is_no_body_is_passed_over(tmp_path):
    body(tmp_path, "voorbeeld")
    (tmp_path / ".git").mkdir()
    (tmp_path / "gone/__pycache__").mkdir(parents=True)
    (tmp_path / "_drafts").mkdir()
    (tmp_path / "README.md").write_text("Onze buren.")
    assert [agency.id for agency in catalogue.load([tmp_path]).agencies] == ["voorbeeld"]


def test_a_body_in_place_of_the_folder_that_holds_it_is_refused(tmp_path):
    body(tmp_path, "voorbeeld")
    assert "is itself a body; name the folder that holds it" in refusal(tmp_path / "voorbeeld")


def test_a_folder_named_twice_is_refused(tmp_path):
    body(tmp_path / "a", "voorbeeld")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert f"{tmp_path / 'b'} is read already; name it once in AGENCIES_PATH" in refusal(
        tmp_path / "a", tmp_path / "b"
    )


def test_links_that_go_round_are_refused(tmp_path):
    body(tmp_path, "voorbeeld")
    (tmp_path / "rond").symlink_to(tmp_path / "rond")
    assert f"{tmp_path / 'rond'} is a link that leads to no folder" in refusal(tmp_path)
    (tmp_path / "rond").unlink()
    (tmp_path / "rond").symlink_to(tmp_path)
    assert f"{tmp_path / 'rond'} has no agency.toml" in refusal(tmp_path)


def test_a_body_may_be_a_link_to_a_folder_elsewhere(tmp_path):
    body(tmp_path / "a", "voorbeeld")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/buur").symlink_to(tmp_path / "a/voorbeeld")
    assert [entry.name for entry in catalogue.load([tmp_path / "b"]).entries] == ["buur.iets"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'name = "V"\nwebsite = "\xff"', "agency.toml, line 2: not UTF-8; save the file as UTF-8"),
        (b"#" * (manifest.LARGEST + 1), "has 1048577 bytes; at most 1048576 are read"),
        (b"a = " + b"[" * 100_000, "not TOML"),
        (b"a = " + b"9" * 10_000, "not TOML"),
        (b"", "Object missing required field `name`"),
        (b'name = "V"\nwebsite = "w"\ndatasets = 3', "line 3: Expected `array`, got `int`"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path, data, said):
    body(tmp_path, "voorbeeld")
    (tmp_path / "voorbeeld/agency.toml").write_bytes(data)
    refused = refusal(tmp_path)
    assert said in refused
    assert str(tmp_path / "voorbeeld/agency.toml") in refused


def test_byte_order_mark_before_a_manifest_or_a_question_is_no_part_of_it(tmp_path):
    folder = body(tmp_path, "voorbeeld") / "voorbeeld"
    for file in (folder / "agency.toml", folder / "requests/iets.xml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    (entry,) = catalogue.load([tmp_path]).entries
    assert entry.question.template == "<Inhoud><INSZ>${insz}</INSZ></Inhoud>"
    (folder / "agency.toml").write_bytes(b"\xef\xbb\xbf\n\xff")
    assert "agency.toml, line 2: not UTF-8" in refusal(tmp_path)


def test_a_manifest_that_is_no_file_is_refused_at_once(tmp_path):
    body(tmp_path, "voorbeeld")
    file = tmp_path / "voorbeeld/agency.toml"
    file.unlink()
    file.mkdir()
    assert f"{file} is not a file" in refusal(tmp_path)
    file.rmdir()
    os.mkfifo(file)
    assert f"{file} is not a file" in refusal(tmp_path)
    file.unlink()
    file.symlink_to(file)
    assert f"{file} cannot be read: Too many levels of symbolic links" in refusal(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_manifest_that_may_not_be_read_is_refused(tmp_path):
    body(tmp_path, "voorbeeld")
    (tmp_path / "voorbeeld/agency.toml").chmod(0)
    assert "cannot be read: Permission denied; correct the file or its rights" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def read(content):\n    return [\n", "parse.py, line 2 cannot be imported: '[' was never closed"),
        ("\n1 / 0\n", "parse.py, line 2 cannot be imported: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", "parse.py, line 2 cannot be imported: SystemExit: 3"),
        ("\x00", "cannot be imported"),
        ("read = 3\n", "parse.py has no function 'read'"),
    ],
)
def test_code_that_cannot_be_imported_is_refused_with_its_line_and_leaves_nothing(tmp_path, code, said):
    body(tmp_path, "voorbeeld", code=code)
    assert said in refusal(tmp_path)
    assert [name for name in sys.modules if name.startswith("agencies.voorbeeld")] == []


def test_no_code_runs_before_every_manifest_is_read(tmp_path):
    body(
        tmp_path,
        "a_goed",
        code=f"open({str(tmp_path / 'ran')!r}, 'w').close()\n\n\ndef read(content):\n    return []\n",
    )
    body(tmp_path, "b_fout", SOUND.replace("theme", "tehme"))
    assert "b_fout/agency.toml, line 7" in refusal(tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("<Inhoud>${today}</Inhoud>", "must hold ${insz}, and no other $ but ${today}"),
        ("<Inhoud/>", "must hold ${insz}, and no other $"),
        ("<Inhoud>${value}</Inhoud>", "must hold ${insz}, and no other $"),
        ("<Inhoud>${insz} $</Inhoud>", "must hold ${insz}, and no other $"),
        (b"\xff", "requests/iets.xml, line 1: not UTF-8"),
    ],
)
def test_a_question_that_cannot_be_filled_in_is_refused(tmp_path, question, said):
    body(tmp_path, "voorbeeld")
    data = question if isinstance(question, bytes) else question.encode()
    (tmp_path / "voorbeeld/requests/iets.xml").write_bytes(data)
    assert said in refusal(tmp_path)


def test_a_question_outside_its_folder_is_refused(tmp_path):
    text = SOUND.replace("iets.xml", "../parse.py")
    assert "line 20: '../parse.py' is no file name" in refusal(body(tmp_path, "voorbeeld", text))
