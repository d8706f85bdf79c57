"""Compile the catalogues of translations (`.po`) into those that gettext reads (`.mo`).

Each process does so at its start when a source is newer, so nobody can forget it, and git holds the sources only.
Where the running portal may not write in its own folder, run any command of `manage.py` when it is built.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from .offer import DUTCH, names


def compile_catalogues() -> None:
    """Compile each catalogue that is missing or older than its source; two processes may do so at once."""
    for source, compiled in catalogues():
        if source.exists() and not is_up_to_date(source, compiled):
            temporary = compiled.with_name(f".{compiled.name}.{secrets.token_hex(4)}")
            with source.open("rb") as po, temporary.open("wb") as mo:
                write_mo(mo, read_po(po))
            os.replace(temporary, compiled)


def catalogues() -> Iterator[tuple[Path, Path]]:
    """Give the source and the compiled catalogue of each language on offer but Dutch; either may be missing."""
    for language in names():
        if language != DUTCH:
            folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
            yield folder / "django.po", folder / "django.mo"


def is_up_to_date(source: Path, compiled: Path) -> bool:
    """Tell whether the compiled catalogue is newer than its source."""
    return source.exists() and compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime
