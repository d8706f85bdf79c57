"""Types of descent: a tree of people, its drawing, and the list beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, repr=False)
class Relative:
    """A person in a tree. birth_date: as a fact has it. number: the national number, or "". relation: in words."""

    number: str
    name: str
    relation: str
    birth_date: str
    is_deceased: bool


@dataclass(frozen=True, slots=True, repr=False)
class DescentTree:
    """A person (`root`) with their parents and children. kinds: the body's words for a descent without parents.

    unknown, help: sentences of the manifest (`TreeKeys`).
    """

    root: Relative
    parents: Sequence[Relative]
    children: Sequence[Relative]
    kinds: Sequence[str]
    unknown: str
    help: str


# Whether a parent may see a child's profile ("allowed"), or why not.
ChildVerdict = Literal["allowed", "adult", "age_not_known", "not_confirmed", "death_not_confirmed"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in a drawing, at its base line."""

    x: int
    y: int
    text: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class PersonBox:
    """A person in a drawing; kind: person, deceased, you or gap."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    words: Sequence[TextLine]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line that joins boxes. is_weak: it leads to somebody who is not known."""

    x1: int
    y1: int
    x2: int
    y2: int
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class TreeDrawing:
    """A tree as boxes, strokes and texts, in units of the drawing."""

    width: int
    height: int
    boxes: Sequence[PersonBox]
    lines: Sequence[Stroke]
    headings: Sequence[TextLine]


@dataclass(frozen=True, slots=True)
class ListedRelative:
    """A relative in the list beside the drawing; href: the address of their profile, or "".

    may_be_seen: whether that profile may be opened, as far as the parent's own answer tells.
    """

    name: str
    details: Sequence[str]
    href: str = ""
    may_be_seen: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A tree, its drawing (None without anybody to draw) and its lists. left_out: how many people are not shown.

    is_whole: the answer lacks no part; of another one, nothing may be said about who is not in it.
    """

    tree: DescentTree
    drawing: TreeDrawing | None
    parents: Sequence[ListedRelative]
    children: Sequence[ListedRelative]
    is_own: bool
    left_out: int = 0
    is_whole: bool = True
