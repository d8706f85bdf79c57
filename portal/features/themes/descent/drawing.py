"""Draw a tree of descent: boxes, lines and texts with their places, for an SVG that is readable on a small phone.

Parents stand on top, two in a row, joined to the person; children below, one under the other. Lengths are units of
the drawing, which is 320 wide and shown at that size or a little more. No I/O.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from .trees import details_of
from .types import DescentTree, PersonBox, Relative, Stroke, TextLine, TreeDrawing

WIDTH = 320
MIDDLE = WIDTH // 2
GAP = 14  # between two boxes
RISE = 26  # between two generations
PAD = 10  # inside a box
LEADING = 22  # from one line of text to the next
SIZE = 17  # of the letters
HALF = (WIDTH - GAP) // 2
ALONE = 220  # the width of a parent without another beside them
TRUNK = 12  # x of the line that goes down to the children
INDENT = 32  # x of the boxes that hang from it

# The width of letters as a share of their size: a little more than in the widest font of the style sheet.
_NARROW, _WIDE, _CAPITAL, _OTHER = 0.34, 0.95, 0.76, 0.62
_BOLD = 1.06


class _Sheet(NamedTuple):
    """The boxes, lines and headings placed so far."""

    boxes: list[PersonBox]
    lines: list[Stroke]
    headings: list[TextLine]


def draw(tree: DescentTree, *, is_own: bool, is_whole: bool = True) -> TreeDrawing:
    """Draw a tree. is_own: it is the reader's own, so that the words are "u" and "uw".

    is_whole: the answer lacks no part; without parents in another one, the drawing begins with the person.
    """
    sheet = _Sheet([], [], [])
    top = 0
    if tree.parents or is_whole:
        sheet.headings.append(TextLine(0, SIZE, _("Uw ouders") if is_own else _("Ouders")))
        top = LEADING + 6
    if tree.parents:
        top = _parents(tree.parents, top, sheet)
    elif is_whole:
        # A box says that data are missing, as the list does: an empty place would look like a mistake.
        gap = _box(INDENT, top, WIDTH - 2 * INDENT, "", [_("niet genoeg gegevens")], "gap")
        sheet.boxes.append(gap)
        top += gap.height
        sheet.lines.append(Stroke(MIDDLE, top, MIDDLE, top + RISE, is_weak=True))
        top += RISE
    you = _box(INDENT, top, WIDTH - 2 * INDENT, tree.root.name, _of_root(tree.root, is_own=is_own), "you")
    sheet.boxes.append(you)
    top += you.height
    if tree.children:
        top = _children(tree.children, top, you, sheet, is_own=is_own)
    return TreeDrawing(WIDTH, top + 2, *sheet)


def wrap(text: str, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of at most a width; a word that is wider by itself is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _cut(word, width, bold=bold):
            longer = f"{line} {piece}" if line else piece
            if line and width_of(longer, bold=bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line] if line else lines


def width_of(text: str, *, bold: bool = False) -> float:
    """Estimate how wide a text is, rather too much than too little."""
    return sum(map(_share, text)) * SIZE * (_BOLD if bold else 1)


def _parents(parents: Sequence[Relative], top: int, sheet: _Sheet) -> int:
    """Place parents two in a row, joined by a line down the middle; return the top of the person's box."""
    first_joint = 0
    for at in range(0, len(parents), 2):
        row = parents[at : at + 2]
        width = HALF if len(row) == 2 else ALONE
        places = (0, WIDTH - HALF) if len(row) == 2 else (MIDDLE - ALONE // 2,)
        placed = [_person(place, top, width, parent) for place, parent in zip(places, row, strict=True)]
        height = max(box.height for box in placed)
        sheet.boxes.extend(placed)
        if len(row) == 2:
            joint = top + min(box.height for box in placed) // 2
            sheet.lines.append(Stroke(HALF, joint, WIDTH - HALF, joint))
        else:
            joint = top + height
        first_joint = first_joint or joint
        top += height + GAP
    # The line is drawn first, behind the boxes: it must not cross out a parent alone in a later row.
    end = top - GAP + RISE
    sheet.lines.insert(0, Stroke(MIDDLE, first_joint, MIDDLE, end))
    return end


def _children(children: Sequence[Relative], top: int, you: PersonBox, sheet: _Sheet, *, is_own: bool) -> int:
    """Place children one under the other, joined to the person by the trunk; return where they end."""
    start = you.y + you.height // 2
    sheet.headings.append(TextLine(INDENT, top + RISE + 2, _("Uw kinderen") if is_own else _("Kinderen")))
    top += RISE + GAP
    lowest = start
    for child in children:
        box = _person(INDENT, top, WIDTH - INDENT, child)
        sheet.boxes.append(box)
        lowest = top + box.height // 2
        sheet.lines.append(Stroke(TRUNK, lowest, INDENT, lowest))
        top += box.height + GAP
    sheet.lines.extend((Stroke(TRUNK, start, INDENT, start), Stroke(TRUNK, start, TRUNK, lowest)))
    return top - GAP


def _person(x: int, y: int, width: int, relative: Relative) -> PersonBox:
    kind = "deceased" if relative.is_deceased else "person"
    return _box(x, y, width, relative.name, details_of(relative), kind)


def _of_root(root: Relative, *, is_own: bool) -> list[str]:
    return [*([_("dat bent u")] if is_own else []), *details_of(root)]


def _box(x: int, y: int, width: int, name: str, details: Sequence[str], kind: str) -> PersonBox:
    inside = width - 2 * PAD
    names = wrap(name, inside, bold=True)
    below = [line for detail in details for line in wrap(detail, inside)]
    words = [
        TextLine(x + PAD, y + PAD + LEADING * at + SIZE, text, is_name=at < len(names))
        for at, text in enumerate([*names, *below])
    ]
    return PersonBox(x, y, width, 2 * PAD + LEADING * len(words), kind, words)


def _cut(word: str, width: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, bold=bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _share(letter: str) -> float:
    """Estimate the width of a letter as a share of its size."""
    if letter in "iljtfrI.,:;'’|!()- ":
        return _NARROW
    if letter in "mwMW@%":
        return _WIDE
    # Letters of other scripts can be as wide as they are high.
    if ord(letter) > 0x24F:
        return 1.0
    return _CAPITAL if letter.isupper() else _OTHER
