"""Read the versions of the policy, each in a file of its own: `1.toml`, `2.toml` and so on.

They stand in `versions/`, or in the folder that POLICY_FOLDER names. A file says:

from      the day from which it holds, until that of the next version
news      what it changed, in a sentence or two
sections  in their order, each with `id` (its anchor), `title`, `text` (with the marks of `help.marks`) and, where the
          software itself adds a list to the text, the name of that list as `part` (one of PARTS)

Texts are translated in tables of their own (`[en]`, `[sections.en]`); one without is Dutch everywhere. A file that
cannot be used is refused when the portal starts (`checks`), so that pages need not expect one.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import msgspec
from django.conf import settings

from portal.platform.feature import installed
from portal.platform.help import marks
from portal.platform.kit.errors import PortalError
from portal.platform.language import translations
from portal.platform.language.current import current
from portal.platform.language.dates import day_here
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import InDutch, WrongTranslation

from .types import PolicySection, PolicyVersion

FOLDER = Path(__file__).with_name("versions")
# What the software adds to a section: the template `privacy/_NAME.html`.
PARTS = ("controller", "functions", "kept", "complaints", "bodies", "storage")
MOST_BYTES = 512 * 1024  # of a file

_Words = Annotated[translations.Text, msgspec.Meta(pattern=r"^\S(.*\S)?$")]
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class PolicyError(PortalError):
    """A version of the policy cannot be used."""

    code = "policy"


class _SectionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Id
    title: _Words
    text: Annotated[translations.Text, msgspec.Meta(min_length=1)]
    part: str = ""


class _VersionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    since: date = msgspec.field(name="from")
    news: _Words


def versions() -> Sequence[PolicyVersion]:
    """List every version in the current language, the oldest first; files are read once in each language."""
    return _read_once(folder(), current())


def newest() -> PolicyVersion:
    """Give the version that was published last, whether it holds already or not yet."""
    return versions()[-1]


def in_force(now: datetime) -> PolicyVersion:
    """Give the version that holds at a moment (UTC): the last of which the day has come, or the first of all."""
    today = day_here(now)
    return next((version for version in reversed(versions()) if version.since <= today), versions()[0])


def folder() -> Path:
    """Give the folder in which the versions of this portal stand."""
    return Path(settings.POLICY_FOLDER) if settings.POLICY_FOLDER else FOLDER


@cache
def _read_once(versions_folder: Path, language: str) -> Sequence[PolicyVersion]:
    return read(versions_folder, language)


def read(versions_folder: Path, language: str = DUTCH) -> Sequence[PolicyVersion]:
    """Read all versions in a folder; raises PolicyError with file, place and cure at the first thing wrong."""
    if not versions_folder.is_dir():
        raise PolicyError(f"{versions_folder} is no folder; put the versions of the policy there, from 1.toml on.")
    files = {file.stem: file for file in versions_folder.glob("*.toml")}
    if not files or set(files) != {str(number) for number in range(1, len(files) + 1)}:
        names = ", ".join(sorted(files)) or "none"
        raise PolicyError(f"{versions_folder}: versions are numbered from 1.toml on, without a gap; found: {names}.")
    versions = [_version(files[str(number)], number, language) for number in range(1, len(files) + 1)]
    for earlier, later in pairwise(versions):
        if later.since < earlier.since:
            raise _error(files[str(later.number)], f"`from` is before that of version {earlier.number}")
    return tuple(versions)


def _version(file: Path, number: int, language: str) -> PolicyVersion:
    table = _load(file)
    rows = table.pop("sections", None)
    if not isinstance(rows, list) or not rows:
        raise _error(file, "it has no [[sections]]")
    head = _table(file, table, _VersionTable, language)
    sections = tuple(_section(file, row, language) for row in rows)
    if twice := [name for name, times in Counter(section.id for section in sections).items() if times > 1]:
        raise _error(file, f"the section {twice[0]!r} stands in it twice")
    _check_anchors(file, sections)
    return PolicyVersion(number, head.since, head.news, sections)


def _section(file: Path, row: Any, language: str) -> PolicySection:
    section = _table(file, row, _SectionTable, language)
    if section.part not in ("", *PARTS):
        raise _error(file, f"{section.id}: the software has no part {section.part!r}; it has {', '.join(PARTS)}")
    try:
        parts = marks.read(section.text, installed.absent_ids())
    except marks.TextError as error:
        raise _error(file, f"{section.id}: {error}") from error
    return PolicySection(section.id, section.title, parts, section.part, isinstance(section.text, InDutch))


def _check_anchors(file: Path, sections: Sequence[PolicySection]) -> None:
    anchors = {f"#{section.id}" for section in sections}
    for section in sections:
        for target in targets(section):
            if target.startswith("#") and target not in anchors:
                raise _error(file, f"{section.id}: it leads to {target!r}, which is no section")


def targets(section: PolicySection) -> Sequence[str]:
    """List the targets of a section's links, as they are written in its text."""
    return [span.href for part in section.parts for line in part.lines for span in line if span.href]


def _table[T: msgspec.Struct](file: Path, table: Any, kind: type[T], language: str) -> T:
    """Read a table in a language; its texts in other languages are checked too. Raise PolicyError."""
    if not isinstance(table, dict):
        raise _error(file, "a section is a table, [[sections]]")
    try:
        return translations.read(table, kind, language)
    except msgspec.ValidationError as error:
        raise _error(file, f"{table.get('id', '')} {error}".strip()) from error
    except WrongTranslation as error:
        raise _error(file, f"{table.get('id', '')} {'.'.join(error.keys)}: {error}; {error.cure}".strip()) from error


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _error(file, f"it has more than {MOST_BYTES} bytes")
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _error(file, str(error)) from error


def _error(file: Path, what: str) -> PolicyError:
    return PolicyError(f"{file}: {what}; {__name__} tells how a version is written.")
