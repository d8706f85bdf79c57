"""Every municipality of Belgium, by its NIS code: what it is called, and in which region it lies."""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from portal.platform.kit.folding import fold

FILE = Path(__file__).with_name("known.csv")


class Region(StrEnum):
    """The regions of Belgium."""

    FLANDERS = "flanders"
    BRUSSELS = "brussels"
    WALLONIA = "wallonia"


# The first two digits of a code are the arrondissement, the first one is the province.
_BRUSSELS = frozenset(("21",))
_FLEMISH_BRABANT = frozenset(("23", "24"))
_FLEMISH_PROVINCES = frozenset("1347")


class Municipality(NamedTuple):
    """A municipality: its NIS code, its name in Dutch, and its name in French."""

    code: str
    name: str
    french: str


@cache
def by_code() -> Mapping[str, Municipality]:
    """Give all municipalities since 2025, by NIS code; the file is read once per process."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = csv.reader(lines[1:], delimiter=";")
    return {code: Municipality(code, name, french) for code, name, french in rows}


def region_of(code: str) -> Region | None:
    """Tell the region of a NIS code, also of a municipality that merged since; None for what is no such code."""
    if len(code) != 5 or not code.isascii() or not code.isdigit() or code[0] == "0":
        return None
    if code[:2] in _BRUSSELS:
        return Region.BRUSSELS
    is_flemish = code[0] in _FLEMISH_PROVINCES or code[:2] in _FLEMISH_BRABANT
    return Region.FLANDERS if is_flemish else Region.WALLONIA


def find(name: str) -> Municipality | None:
    """Find a municipality by its name in Dutch or French, which no two share; accents and capitals do not count."""
    return _by_name().get(fold(name).strip())


@cache
def _by_name() -> Mapping[str, Municipality]:
    return {fold(name): each for each in by_code().values() for name in (each.french, each.name)}
