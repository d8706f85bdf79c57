"""The versions of the policy, each in a file of its own: `1.toml`, `2.toml` and so on; the last that began holds.

They stand in `versions/`, or in the folder that POLICY_FOLDER names. A file says:

from      the day from which it holds
news      what it changed, in a sentence or two
sections  in their order, each with `id` (its anchor), `title`, `text` (with the marks of `help.marks`) and where the
          software itself adds what it knows, the name of that `part`

Texts can be said in other languages, each in a table of its own (`[en]`, `[sections.en]`); what is not, is Dutch on
every page. A file that cannot be used is refused when the portal starts (`checks`), and not on a page.
"""

import re
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
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


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
    """Give every version in the language that holds now, the first one first."""
    return _read_once(folder(), current())


def newest() -> PolicyVersion:
    """Give the version that was published last, whether it holds already or not yet."""
    return versions()[-1]


def in_force(now: datetime) -> PolicyVersion:
    """Give the version that holds at a moment (UTC): the last of which the day has come, or the first of all."""
    today = day_here(now)
    return next((one for one in reversed(versions()) if one.since <= today), versions()[0])


def folder() -> Path:
    """Say where the versions of this portal stand."""
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
    found = [_version(files[str(number)], number, language) for number in range(1, len(files) + 1)]
    for earlier, later in pairwise(found):
        if later.since < earlier.since:
            raise _wrong(files[str(later.number)], f"`from` is before that of version {earlier.number}")
    return tuple(found)


def _version(file: Path, number: int, language: str) -> PolicyVersion:
    written = _load(file)
    rows = written.pop("sections", None)
    if not isinstance(rows, list) or not rows:
        raise _wrong(file, "it has no [[sections]]")
    said = _table(file, written, _VersionTable, language)
    sections = tuple(_section(file, row, language) for row in rows)
    if twice := [name for name, times in Counter(section.id for section in sections).items() if times > 1]:
        raise _wrong(file, f"the section {twice[0]!r} stands in it twice")
    _check_anchors(file, sections)
    return PolicyVersion(number, said.since, said.news, sections)


def _section(file: Path, row: Any, language: str) -> PolicySection:
    said = _table(file, row, _SectionTable, language)
    if said.part not in ("", *PARTS):
        raise _wrong(file, f"{said.id}: the software has no part {said.part!r}; it has {', '.join(PARTS)}")
    try:
        parts = marks.read(said.text, installed.absent_ids())
    except marks.TextError as error:
        raise _wrong(file, f"{said.id}: {error}") from error
    return PolicySection(said.id, said.title, parts, said.part, isinstance(said.text, InDutch))


def _check_anchors(file: Path, sections: Sequence[PolicySection]) -> None:
    anchors = {f"#{section.id}" for section in sections}
    for section in sections:
        for target in targets(section):
            if target.startswith("#") and target not in anchors:
                raise _wrong(file, f"{section.id}: it leads to {target!r}, which is no section")


def targets(section: PolicySection) -> Sequence[str]:
    """List what a section leads to, as it is written."""
    return [span.href for part in section.parts for line in part.lines for span in line if span.href]


def _table[T: msgspec.Struct](file: Path, written: Any, kind: type[T], language: str) -> T:
    """Read a table in a language; what it says in others is checked all the same."""
    if not isinstance(written, dict):
        raise _wrong(file, "a section is a table, [[sections]]")
    try:
        return translations.read(written, kind, language)
    except msgspec.ValidationError as error:
        raise _wrong(file, f"{written.get('id', '')} {error}".strip()) from error
    except WrongTranslation as error:
        raise _wrong(
            file, f"{written.get('id', '')} {'.'.join(error.keys)}: {error}; {error.cure}".strip()
        ) from error


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _wrong(file, f"it has more than {MOST_BYTES} bytes")
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(file, str(error)) from error


def _wrong(file: Path, what: str) -> PolicyError:
    return PolicyError(f"{file}: {what}; {__name__} tells how a version is written.")
