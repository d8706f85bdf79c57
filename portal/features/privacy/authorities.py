"""Whom people can complain to about what is done with their data: plain data, about nobody (`authorities.toml`)."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from portal.platform.language import translations
from portal.platform.language.current import current

FILE = Path(__file__).with_name("authorities.toml")


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A supervisory authority. about: for what one goes there. post: its address on one line."""

    id: str
    name: translations.Text
    about: translations.Text
    site: Annotated[str, msgspec.Meta(pattern=r"^https://\S+$")]
    email: str
    post: str


def list_authorities() -> Sequence[Authority]:
    """List them in the language that holds now, the one for most of what this portal does first."""
    return _in_language(current())


@cache
def _in_language(language: str) -> Sequence[Authority]:
    rows = tomllib.loads(FILE.read_text("utf-8"))["authorities"]
    return tuple(translations.read(row, Authority, language) for row in rows)
