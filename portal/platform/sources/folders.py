"""The folders of bodies on disk, and how a body's code is imported from its folder.

A folder that cannot be used is refused (ManifestError, with the place and the cure) before any body's code runs.
"""

import importlib
import importlib.machinery
import importlib.util
import keyword
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from .manifest import ManifestError, text_of

OURS = Path(__file__).resolve().parents[3] / "agencies"  # is always read, and imported as an ordinary package
MANIFEST = "agency.toml"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def manifests_in(roots: Iterable[Path]) -> list[Path]:
    """List the manifest of every body below the given folders, in the order of the folders and of the names.

    A folder that begins with `.` or `_`, or has nothing in it, is no body. Any other must have a manifest, because a
    forgotten manifest would leave out a body without anybody noticing. Raises ManifestError.
    """
    found: dict[str, Path] = {}
    seen: set[Path] = set()
    for root in roots:
        if not root.is_dir():
            raise ManifestError(f"{root} is not a folder; correct AGENCIES_PATH.")
        if root.resolve() in seen:
            raise ManifestError(f"{root} is read already; name it once in AGENCIES_PATH (agencies/ is always read).")
        seen.add(root.resolve())
        if (root / MANIFEST).exists():
            raise ManifestError(f"{root} is itself a body; name the folder that holds it in AGENCIES_PATH.")
        for folder in _folders_in(root):
            manifest = _manifest_of(folder)
            if folder.name in found:
                raise ManifestError(
                    f"{manifest}: a body named {folder.name!r} exists already in "
                    f"{found[folder.name].parent}; rename one of the folders."
                )
            found[folder.name] = manifest
    return list(found.values())


def name_problem(name: str) -> str:
    """Tell why a body's folder cannot have this name, with the cure; "" when it can."""
    if not _NAME.fullmatch(name):
        return (
            "a body's name is 1 to 40 lower-case letters, digits and _, and begins with a letter; rename the folder"
        )
    if keyword.iskeyword(name):
        return f"{name!r} is a word of Python itself; choose another name"
    return ""


def module_of(folder: Path) -> ModuleType | None:
    """Import a body's `parse.py` from wherever its folder is; None where it has none.

    A module that fails leaves nothing behind. Raises ManifestError with the line of the body's own code.
    """
    file = folder / "parse.py"
    if not file.exists():
        return None
    text_of(file)
    name = f"agencies.{folder.name}"
    is_elsewhere = folder.parent.resolve() != OURS
    if is_elsewhere:
        # Register a package of that name, so that the body's files can import each other.
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        _forget(name)
        sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(f"{name}.parse")
    except (Exception, SystemExit) as error:
        if is_elsewhere:
            _forget(name)
        raise ManifestError(_import_problem(file, error)) from error


def _folders_in(root: Path) -> list[Path]:
    """List the folders that should be bodies; a broken link counts too, since it was meant as one."""
    try:
        inside = sorted(root.iterdir())
    except OSError as error:
        raise ManifestError(f"{root} cannot be read: {error.strerror}; correct its rights.") from error
    named = [place for place in inside if place.name[0] not in "._"]
    return [place for place in named if place.is_symlink() or (place.is_dir() and _holds_something(place))]


def _holds_something(folder: Path) -> bool:
    try:
        # A `__pycache__` alone is what remains of a folder whose files were removed.
        return any(place.name != "__pycache__" for place in folder.iterdir())
    except OSError:
        return True


def _manifest_of(folder: Path) -> Path:
    manifest = folder / MANIFEST
    try:
        if not folder.is_dir():
            raise ManifestError(f"{folder} is a link that leads to no folder; remove it or correct it.")
        has_manifest = manifest.exists() or manifest.is_symlink()
    except OSError as error:
        raise ManifestError(f"{folder} cannot be read: {error.strerror}; correct its rights.") from error
    if not has_manifest:
        raise ManifestError(
            f"{folder} has no {MANIFEST}; write one (docs/agencies.md), or move the folder out of {folder.parent}."
        )
    if wrong := name_problem(folder.name):
        raise ManifestError(f"{manifest}: {wrong}.")
    return manifest


def forget(folder: Path) -> None:
    """Unload a body from elsewhere; those in `agencies/` are ordinary packages and stay."""
    if folder.parent.resolve() != OURS:
        _forget(f"agencies.{folder.name}")


def _forget(name: str) -> None:
    for known in [loaded for loaded in sys.modules if loaded == name or loaded.startswith(f"{name}.")]:
        del sys.modules[known]


def _import_problem(file: Path, error: BaseException) -> str:
    """Say where a module failed: the last line of the body's own files that was reached."""
    if isinstance(error, SyntaxError):
        place = f"{error.filename or file}, line {error.lineno or 1}"
        return f"{place} cannot be imported: {error.msg}; correct it."
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == file.parent]
    place = f"{own[-1].filename}, line {own[-1].lineno}" if own else str(file)
    return f"{place} cannot be imported: {type(error).__name__}: {error}; correct it."
