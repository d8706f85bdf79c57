"""Catalogues as gettext reads them, made of those that people write.

They are made when a process of ours begins and a written one is newer, so there is no step to forget, and nothing
that is made stands in git. Where a portal may not write among its own files, whoever builds it has made them, with
any command of `manage.py`.
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
    """Make what is not there yet, or older than what it is made of. Two processes at once do no harm."""
    for written, made in catalogues():
        if written.exists() and not is_made(written, made):
            temporary = made.with_name(f".{made.name}.{secrets.token_hex(4)}")
            with written.open("rb") as read, temporary.open("wb") as writing:
                write_mo(writing, read_po(read))
            os.replace(temporary, made)


def catalogues() -> Iterator[tuple[Path, Path]]:
    """Give the catalogue of each language on offer beside Dutch: as it is written, and as it is made."""
    for language in names():
        if language != DUTCH:
            folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
            yield folder / "django.po", folder / "django.mo"


def is_made(written: Path, made: Path) -> bool:
    """Tell whether a catalogue was made of what is written now."""
    return written.exists() and made.exists() and made.stat().st_mtime > written.stat().st_mtime
