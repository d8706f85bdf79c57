"""The categories of notices, read from `categories.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).with_name("categories.toml")

Field = Literal["number", "status", "phase", "said", "detail", "action"]


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of notices: which keys a bundle of it has.

    required: keys that it must have. kept: the keys that are kept, each with its field of `types.Notice`.
    """

    required: tuple[str, ...]
    kept: dict[str, Field]


def read(text: str) -> Mapping[str, Category]:
    """Read a file of categories, by their names. Raise msgspec.ValidationError for a wrong one."""
    return msgspec.convert(tomllib.loads(text), dict[str, Category])


@cache
def installed_categories() -> Mapping[str, Category]:
    """Give the categories of this portal, by their names."""
    return read(FILE.read_text("utf-8"))
