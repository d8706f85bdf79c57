"""Keys of bodies' machines: made once, and only for bodies that may call."""

import json
from pathlib import Path

from deploy.local import machine_keys


def bodies(folder: Path) -> Path:
    for name, text in {
        "belt": 'name = "B"\n[machine_client]\nscopes = ["corrections:status"]\n',
        "zwijgt": 'name = "Z"\n',
        "stuk": "name = \n",
    }.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "agency.toml").write_text(text)
    return folder


def test_bodies_that_may_call_get_keys_that_stay(tmp_path: Path) -> None:
    roots, keys = [bodies(tmp_path / "bodies")], tmp_path / "keys"
    machine_keys.ensure(keys, roots)
    made = {file.relative_to(keys): file.read_bytes() for file in keys.rglob("*") if file.is_file()}
    assert sorted(map(str, made)) == ["private/belt.key", "public/belt.jwks.json"]
    assert (keys / "private/belt.key").stat().st_mode & 0o777 == 0o600
    machine_keys.ensure(keys, roots)
    assert {file.relative_to(keys): file.read_bytes() for file in keys.rglob("*") if file.is_file()} == made


def test_only_the_public_half_is_published(tmp_path: Path) -> None:
    machine_keys.ensure(tmp_path / "keys", [bodies(tmp_path / "bodies")])
    (key,) = json.loads((tmp_path / "keys/public/belt.jwks.json").read_text())["keys"]
    assert sorted(key) == ["alg", "e", "key_ops", "kid", "kty", "n"]
