"""Documents that lag behind fail here."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from portal.platform.sources import manifest, sections

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CHANGELOG.md", "GLOSSARY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def test_every_link_leads_somewhere():
    dead = [
        (document.name, target)
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert dead == []


def test_every_setting_is_in_the_architecture():
    files = (ROOT / "portal/config").glob("*.py")
    read = r'environment\.\w+\(\s*"([A-Z_]+)"'
    names = {name for file in files for name in re.findall(read, file.read_text("utf-8"))}
    table = (ROOT / "docs/architecture.md").read_text("utf-8")
    assert {name for name in names if f"`{name}`" not in table} == set()


def test_every_manifest_key_is_explained_and_no_other():
    text = (ROOT / "docs/agencies.md").read_text("utf-8").partition("## The manifest\n")[2]
    shown = tomllib.loads(re.findall(r"^```toml\n(.*?)^```$", text, re.M | re.S)[0])
    told = set(shown_keys(shown, msgspec.inspect.type_info(manifest.Manifest)))
    modules = [manifest, *(sys.modules[section.keys.__module__] for section in sections.registered().used)]
    named = [
        one
        for module in modules
        for one in vars(module).values()
        if getattr(one, "__module__", "") == module.__name__
    ]
    structs = [one for one in named if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    structs = [one for one in structs if not one.__subclasses__()]  # `Terms` is no table, but a part of one
    known = {f"{one.__name__}.{field.encode_name}" for one in structs for field in msgspec.structs.fields(one)}
    # A table like the one before it is only named, in a remark: "and [datasets.x.y]".
    told |= {name for name in known if re.search(rf"# .*\[datasets\.[a-z.]*{name.rpartition('.')[2]}\]", text)}
    # Keys that come instead of another stand in remarks.
    rights = re.findall(r"^\[rights\].*?(?=^\[|^```)", text, re.M | re.S)[0]
    told |= {f"RightsDesk.{key}" for key in re.findall(r"^# ([a-z]+) = ", rights, re.M)}
    assert (known - told, told - known) == (set(), set())


def shown_keys(value: Any, kind: Any) -> Iterator[str]:
    """Give each key of the example as STRUCT.key, by the structs that would read it."""
    if isinstance(kind, msgspec.inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType))
    if isinstance(kind, msgspec.inspect.VarTupleType):
        for each in value:
            yield from shown_keys(each, kind.item_type)
    elif isinstance(kind, msgspec.inspect.DictType):
        for each in value.values():
            yield from shown_keys(each, kind.value_type)
    elif isinstance(kind, msgspec.inspect.StructType):
        readers = [kind, *of_features(kind.cls)]
        for key, each in value.items():
            reader = next((one for one in readers if key in {field.encode_name for field in one.fields}), kind)
            yield f"{reader.cls.__name__}.{key}"
            for field in reader.fields:
                if field.encode_name == key:
                    yield from shown_keys(each, field.type)


def of_features(own: type) -> list[Any]:
    """List the types of the keys that features read of the same table as this struct (the manifest itself, or a
    dataset); none for any other struct.
    """
    level = {manifest.Manifest: "body", manifest.Dataset: "dataset"}.get(own)
    return [
        msgspec.inspect.type_info(section.keys) for section in sections.registered().used if section.level == level
    ]


def test_every_command_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"), re.M))
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.M)} == set()


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(file.name[:4]) for file in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_files_the_security_page_names_exist():
    text = (ROOT / "docs/security.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+/[\w/.]+)`", text))
    roots = (ROOT, *(ROOT / "portal" / part for part in ("", "platform", "features", "channels")))
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()
