"""Describe an answer as a table: the names of its elements, and the fact that each becomes.

    PERSON = group({
        "INSZ": number("insz", "Rijksregisternummer"),
        "Nationaliteiten/Nationaliteit[]": group({
            ".": code("nationality", "Nationaliteit"),
            "@DatumBegin": date("nationality_since", "Nationaliteit sinds"),
        }),
    })

A name is a child; `A/B` a child of a child; `[]` after a name says that it repeats (its place in the path then
carries a 1-based index, also when it stands there once); `@` an attribute; `.` the element itself. Facts come in
the answer's order; those of attributes ("since") right after `.`, or after the children where there is no `.`.
What the table does not name is not read, and makes the answer partial (`leaves`). Nothing here raises on any content.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import dates, decimals, marks
from .facts import Fact, Kind
from .xml import Element, attribute_of, children_of, text_of

Reader = Callable[[Element, str, list[Fact]], None]
# The reader of an element; of a leaf also the method that shows its text; whether the element repeats.
_TableRow = tuple[Reader, Callable[[str, str, list[Fact]], None] | None, bool]

# Words that test data and half-filled forms have in place of a code or its description. Elsewhere they count as text:
# "Code" can be somebody's name.
FILLERS = frozenset({"Code", "Omschrijving", "Tekst"})
# How bodies write a flag.
YES, NO = frozenset({"1", "true", "ja", "j", "yes", "y"}), frozenset({"0", "false", "nee", "neen", "n", "no"})
LONGEST_FLAG = 5
NO_END = "geen einddatum"
_NUMBER = re.compile(r"[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{3}[ .-]?[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact made of one text: of a leaf element or of an attribute.

    `reads` turns the body's text into the fact's value; it gives None for a text that says nothing.
    """

    key: str
    label: str
    kind: Kind = "text"
    reads: Callable[[str], str | None] | None = None

    def __call__(self, element: Element, path: str, facts: list[Fact]) -> None:
        """Read an element."""
        self.show(text_of(element), path, facts)

    def show(self, text: str, path: str, facts: list[Fact]) -> None:
        """Add the fact to `facts`, unless the text says nothing."""
        if not text:
            return
        if self.reads is None:
            facts.append(Fact(self.key, self.label, text, self.kind, path))
        elif (value := self.reads(text)) is not None:
            facts.append(Fact(self.key, self.label, value, self.kind, path))


@dataclass(frozen=True, slots=True)
class _Date(Leaf):
    """A date in any spelling; never: the value and the kind of the fact for a date that means "no end".

    is_event: a date that programs write in an empty field makes no fact.
    """

    never: tuple[str, Kind] = ("0000-00-00", "date")
    is_event: bool = False

    def show(self, text: str, path: str, facts: list[Fact]) -> None:
        """Add the fact; a date that cannot be read is shown as the body wrote it."""
        value, kind = text, self.kind
        # Nearly every date is a whole one of our time in ISO, and the C parser is thirty times as fast as ours.
        if not _is_plain(text):
            if not text or dates.says_nothing(text) or (self.is_event and dates.is_of_empty_field(text)):
                return
            read_date = dates.read(text)
            if read_date is None:
                kind = "text"
            else:
                value, kind = self.never if dates.is_never(read_date) else (read_date.iso(), self.kind)
        facts.append(Fact(self.key, self.label, value, kind, path))


def text(key: str, label: str, kind: Kind = "text") -> Leaf:
    """Show a text as it is."""
    return Leaf(key, label, kind)


def number(key: str, label: str) -> Leaf:
    """Show a national number, with or without the signs that people write between its digits."""
    return Leaf(key, label, "national_number", plain_number)


def plain_number(written: str) -> str:
    """Write a national number as eleven digits; give any other text unchanged."""
    # The usual form needs no regular expression.
    if len(written) == 11 and written.isdecimal():
        return written
    return re.sub("[ .-]", "", written) if _NUMBER.fullmatch(written) else written


def date(key: str, label: str) -> Leaf:
    """Show a date in any spelling (`dates`), complete or not; one that means "no end" as a date that is not known."""
    return _Date(key, label, "date")


def end_date(key: str, label: str) -> Leaf:
    """Show an end date; 9999-12-31 and dates like it are shown as "geen einddatum"."""
    return _Date(key, label, "date", never=(NO_END, "text"))


def event_date(key: str, label: str) -> Leaf:
    """Show the date of an event that is known by its date alone (a death), unless it stands for an empty field."""
    return _Date(key, label, "date", is_event=True)


def yes_or_no(key: str, label: str) -> Leaf:
    """Show a flag (1 or 0, true or false, J or N) as ja or nee."""
    return Leaf(key, label, "text", _yes_or_no)


def decimal(key: str, label: str, unit: str = "") -> Leaf:
    """Show a number as people write it: 1.5 as 1,5, and 19.0 as 19; a unit ("uur") stands behind it."""
    return Leaf(key, label, "text", lambda written: decimals.with_unit(written, unit))


def euros(key: str, label: str) -> Leaf:
    """Show an amount in euro, in whatever way it is written: 1250.5 as 1.250,50 euro."""
    return Leaf(key, label, "text", decimals.in_euros)


def meaning(key: str, label: str, known: Mapping[str, str]) -> Leaf:
    """Show the meaning of a bare code by a table; an unknown code as "code 12"."""
    return Leaf(key, label, "text", lambda code: None if code in FILLERS else known.get(code, f"code {code}"))


def combination(key: str, label: str, compose: Callable[[Element], str], kind: Kind = "text") -> Reader:
    """Make one fact of several leaves; `compose` gives "" when they say nothing."""

    def read(element: Element, path: str, facts: list[Fact]) -> None:
        if value := compose(element):
            facts.append(Fact(key, label, value, kind, path))

    return read


def code(key: str, label: str, known: Mapping[str, str] | None = None) -> Reader:
    """Show a Code with its Omschrijving: by the description, else by the table of known codes, else as "code 12"."""
    known = known or {}

    def read(element: Element, path: str, facts: list[Fact]) -> None:
        if value := describe(element, known):
            facts.append(Fact(key, label, value, "text", path))

    return read


def describe(element: Element, known: Mapping[str, str]) -> str:
    """Describe an element by its Omschrijving, or else by its Code; "" when neither says anything."""
    code = description = ""
    for found in children_of(element):
        tag = found.tag
        if tag == "Omschrijving":
            # Of two descriptions the first is shown; the second then counts as not read.
            if not description and (words := text_of(found)) not in FILLERS:
                description = words
        elif tag == "Code" and not code:
            code = text_of(found)
    if description:
        return description
    if not code or code in FILLERS:
        return ""
    return known.get(code) or f"code {code}"


def group(table: Mapping[str, Reader]) -> Reader:
    """Compile a table (see above) to a reader of the element it describes."""
    itself = table.get(".")
    attributes = [
        (name[1:], f"/{name}", leaf) for name, leaf in table.items() if name[0] == "@" and isinstance(leaf, Leaf)
    ]
    rows = _rows(_nest(table))

    def read(element: Element, path: str, facts: list[Fact]) -> None:
        if itself is not None:
            itself(element, path, facts)
            if attributes:
                read_attributes(element, path, facts)
        if rows and (children := children_of(element)):
            read_children(children, f"{path}/" if path else "", facts)
        if itself is None and attributes:
            read_attributes(element, path, facts)

    def read_attributes(element: Element, path: str, facts: list[Fact]) -> None:
        for name, step, leaf in attributes:
            if value := attribute_of(element, name):
                leaf.show(value, path + step, facts)

    def read_children(children: list[Element], below: str, facts: list[Fact]) -> None:
        read_marks = marks.current()
        counted: dict[str, int] = {}
        for found in children:
            tag = found.tag
            row = rows.get(tag)
            if row is None:
                continue
            reader, show, is_repeated = row
            if is_repeated:
                n = counted[tag] = counted.get(tag, 0) + 1
                tag = f"{tag}[{n}]"
            if show is None:
                reader(found, below + tag, facts)
            # This is `text_of` without a call, since half of all elements are such leaves.
            elif (written := found.text) is not None:
                if read_marks is not None:
                    read_marks.add(found)
                show(" ".join(written.split()), below + tag, facts)

    return read


def _rows(readers: Mapping[str, Reader]) -> dict[str, _TableRow]:
    """Map the names of elements to their rows."""
    rows: dict[str, _TableRow] = {}
    for name, reader in readers.items():
        plain = name.removesuffix("[]")
        # A name in the table both with and without [] does not repeat.
        if name == plain or plain not in readers:
            rows[plain] = reader, reader.show if isinstance(reader, Leaf) else None, name != plain
    return rows


def _nest(table: Mapping[str, Reader]) -> dict[str, Reader]:
    """Turn rows named `A/B` into nested groups, in the order in which names first appear."""
    plain: dict[str, Reader] = {}
    deeper: dict[str, dict[str, Reader]] = {}
    for name, reader in table.items():
        if name == "." or name[0] == "@":
            continue
        first, _, rest = name.partition("/")
        if rest:
            deeper.setdefault(first, {})[rest] = reader
        else:
            plain[first] = reader
    for name, rows in deeper.items():
        if name in plain:
            raise ValueError(f"{name} is described twice: as a whole and in parts")
        plain[name] = group(rows)
    return plain


def _is_plain(written: str) -> bool:
    if len(written) == 10 and written[4] == written[7] == "-" and "1754" <= written < "2500":
        try:
            datetime.date.fromisoformat(written)
        except ValueError:
            return False
        return True
    return False


def _yes_or_no(flag: str) -> str | None:
    word = flag.casefold() if len(flag) <= LONGEST_FLAG else flag
    return "ja" if word in YES else "nee" if word in NO else flag
