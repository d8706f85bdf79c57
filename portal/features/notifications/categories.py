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
    """required: keys that a bundle must have. kept: the keys that are kept, each as a field of `types.Notice`."""

    required: tuple[str, ...]
    kept: dict[str, Field]


def read(text: str) -> Mapping[str, Category]:
    """Read categories by their names; msgspec.ValidationError for what is none."""
    return msgspec.convert(tomllib.loads(text), dict[str, Category])


@cache
def installed_categories() -> Mapping[str, Category]:
    """Give the categories of this portal."""
    return read(FILE.read_text("utf-8"))
