"""Documents that lag behind fail here."""

import re
from pathlib import Path

import msgspec

from portal.platform.sources import manifest

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
    read = (ROOT / "portal/config/settings.py").read_text("utf-8")
    names = set(re.findall(r'environment\.\w+\("([A-Z_]+)"', read))
    table = (ROOT / "docs/architecture.md").read_text("utf-8")
    assert {name for name in names if f"`{name}`" not in table} == set()


def test_every_manifest_key_is_explained():
    text = (ROOT / "docs/agencies.md").read_text("utf-8")
    structs = [one for one in vars(manifest).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    keys = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    unsaid = {
        key
        for key in keys
        if not re.search(rf"^{key} = |\[(?:datasets\.)?(?:tree\.)?{key}\]|\[\[{key}\]\]", text, re.M)
    }
    # `magda` and `datasets` are tables, shown as such.
    assert unsaid - {"magda", "datasets"} == set()


def test_every_command_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.M))
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.M)} == set()


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(file.name[:4]) for file in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_files_the_security_page_names_exist():
    text = (ROOT / "docs/security.md").read_text("utf-8")
    named = set(re.findall(r"`((?:access|sources|tests)/[\w/.]+)`", text))
    roots = (ROOT, ROOT / "portal/platform")
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()
