"""Whom people can complain to about what is done with their data, as `authorities.toml` lists them."""

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
    """A supervisory authority. about: which complaints are for it. post: its postal address on one line."""

    id: str
    name: translations.Text
    about: translations.Text
    site: Annotated[str, msgspec.Meta(pattern=r"^https://\S+$")]
    email: str
    post: str


def list_authorities() -> Sequence[Authority]:
    """List the authorities in the current language; the first one supervises most of what this portal does."""
    return _in_language(current())


@cache
def _in_language(language: str) -> Sequence[Authority]:
    rows = tomllib.loads(FILE.read_text("utf-8"))["authorities"]
    return tuple(translations.read(row, Authority, language) for row in rows)
