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
    """The regions; the value is for code, not for people."""

    FLANDERS = "flanders"
    BRUSSELS = "brussels"
    WALLONIA = "wallonia"


# By the arrondissement, the first two digits of a code; a province has the first.
_BRUSSELS = frozenset(("21",))
_FLEMISH_BRABANT = frozenset(("23", "24"))
_FLEMISH_PROVINCES = frozenset("1347")


class Municipality(NamedTuple):
    """A municipality: its NIS code, its name, and what it is called in French."""

    code: str
    name: str
    french: str


@cache
def by_code() -> Mapping[str, Municipality]:
    """Give all there are since 2025, read once a process."""
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
    return {fold(name): one for one in by_code().values() for name in (one.french, one.name)}
