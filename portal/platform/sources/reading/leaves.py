"""Find the parts of an answer that a parse function did not read: texts, attributes and values, by their place.

A leaf counts as read when a reader of this room read it (`marks` says how that is noted), or when a fact has exactly
its place, which covers code that reads in another way. A leaf that says nothing never counts as unread: an element
without text, white space, a null, an empty list, an attribute that only XML itself needs (`xsi:nil`).

A place is a path of names without indexes, `Persoon/Naam/@DatumBegin`; a name in another namespace than the answer's
own is `{*}Naam`. The path of a fact has indexes, so places are compared with it as *exact* ones, which have them too.
A log may show places: they hold no value, and what could be one is cut or replaced by "?".
"""

import fnmatch
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from lxml import etree

from .facts import Fact
from .xml import Element, children_of

LONGEST_NAME = 80  # characters of a name that are kept; the longest of a register has 52
LONGEST_PATH = 400  # characters of a path that are kept
MOST_PLACES = 2000  # places in the memory of `LeftOut`; a body's answers have some hundreds
MOST_COUNTED = 200  # places at which leaves are counted without looking at each
MOST_UNKNOWN = 1000  # places of one answer, not in that memory, that are looked up; all others count as unread
# Unread leaves of one answer that are compared with its facts. An answer keeps no more facts than this
# (`answers.intake`), so more leaves than this cannot all have become facts, and comparing them is a waste.
MOST_LEAVES = 10_000

ITSELF = "."  # the place of a text that stands directly in the content, between its elements

MOST_ATTRIBUTES = 64  # unread ones of one element; published schemas have a handful at most

# An element, the name of its attribute ("" for its text), and the place.
_Leaf = tuple[Element, str, str]

_Number = Callable[[Element], float]
_COUNT = cast("_Number", etree.XPath("count(descendant::text()) + count(descendant-or-self::*/@*)"))
_COUNT_TEXTS = cast("_Number", etree.XPath("count(descendant::text())"))
# Attributes that say how to read XML, and nothing about anybody.
_OF_XML = (
    "{http://www.w3.org/2001/XMLSchema-instance}",
    "{http://www.w3.org/XML/1998/namespace}",
    "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}",
)
_MEMBER = re.compile(rb'"[ \t\r\n]*:')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")
_PLACE = re.compile(r"[A-Za-z0-9_.@*?{}()\[\]/-]{1,1000}")
# Places that are also valid as XPath.
_XML_PLACE = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_.-]*/)*@?[A-Za-z_][A-Za-z0-9_.-]*")
_LIKE_A_NUMBER = re.compile(r"(?:[0-9][_.-]?){8}")


class _TooMany(Exception):
    """An answer has more unread leaves than it can have facts (MOST_LEAVES)."""


class _Leaves:
    """A collection of the leaves that no reader marked and that the body does not leave out."""

    def __init__(self, left_out: "LeftOut") -> None:
        self.left_out = left_out
        self._looked_up: dict[str, bool] = {}
        self.found: list[_Leaf] = []

    def add(self, element: Element, name: str, place: str) -> None:
        """Keep a leaf unless it is left out; raises _TooMany when MOST_LEAVES are kept."""
        if not _is_left_out(place, self.left_out, self._looked_up):
            self.found.append((element, name, place))
            if len(self.found) >= MOST_LEAVES:
                raise _TooMany

    def add_attributes(self, element: Element, names: Iterable[str], place: str) -> None:
        """Keep attributes of an element; names: as in a place, `@Naam`. Raises _TooMany as `add` does."""
        for name in names:
            self.add(element, name, _below(place, name))


class LeftOut:
    """The places of a dataset's answers that the body leaves out, by patterns in which * is any number of elements.

    known: whether it is left out, by place, for MOST_PLACES that were met: answers of one dataset are much alike.
    Places with a name that could be personal are not among them.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Compile all patterns to one expression, so that a place is matched once."""
        self._matches = re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)").match
        self.known: dict[str, bool] = {}
        self._counting: _Counting | None = None

    def __call__(self, place: str) -> bool:
        """Tell whether a place, `A/B/@c`, is left out."""
        known = self.known.get(place)
        if known is None:
            shown = printable_path(place)
            # An element of another namespace is never left out, whatever the patterns say.
            known = "{*}" not in shown and self._matches(shown) is not None
            if "?" not in shown and len(self.known) < MOST_PLACES:
                self.known[place] = known
                if known:
                    self._counting = None
        return known

    def count(self, content: Element, marks: set[Any]) -> int:
        """Count the texts and attributes at places known to be left out, without those that were read.

        Leaves at a place that was not met before are not counted, so the result is never too large.
        """
        counting = self._counting
        if counting is None:
            counting = self._counting = _counting([place for place, known in [*self.known.items()] if known])
        if counting.all_of is None:
            return 0
        names, known = counting.names, self.known.get
        read = [it for it in marks if (it[1] if type(it) is tuple else it.tag) in names]
        return int(counting.all_of(content)) - sum(known(_place_of(it, content), False) for it in read)


class _Counting(NamedTuple):
    """A function that counts the leaves at some places of XML, None for no places; and their last names."""

    all_of: _Number | None
    names: frozenset[str]


def _counting(places: Iterable[str]) -> _Counting:
    """Compile an XPath that counts the leaves at these places: finding each element's place in Python is as slow as
    reading the answer.
    """
    fit = [place for place in places if _XML_PLACE.fullmatch(place)][:MOST_COUNTED]
    each = [f"count({place}{'' if '@' in place else '/text()'})" for place in fit]
    names = frozenset(place.rpartition("/")[2].removeprefix("@") for place in fit)
    return _Counting(cast("_Number", etree.XPath("+".join(each))) if each else None, names)


def _place_of(mark: Any, content: Element) -> str:
    """Give the place of a mark: of an element, or of an attribute of an element."""
    element, steps = (mark[0], [f"@{mark[1]}"]) if type(mark) is tuple else (mark, [])
    while element is not None and element is not content:
        steps.append(element.tag)
        element = element.getparent()
    return "/".join(reversed(steps))


def unread_in_xml(content: Element, marks: set[Any], facts: Iterable[Fact], left_out: LeftOut) -> list[str]:
    """List the places of leaves that were not read and are not left out, each as `printable_path` writes it, once.

    content: as the parse function got it, without namespaces of its own. marks: what was noted while it read. facts:
    what it made of it.
    """
    # Each mark is one text or attribute, so equal numbers mean that all were read.
    there = _COUNT(content)
    rest = there - len(marks)
    # Counting goes through the content for each known place: for MOST_COUNTED of them and 100,000 leaves that takes
    # 0.3 s, five times as long as looking at each leaf. So it is not done in a huge answer.
    if not rest or (there <= MOST_LEAVES and rest == left_out.count(content, marks)):
        return []
    leaves = _Leaves(left_out)
    try:
        _find_unread(content, marks, leaves)
    except _TooMany:
        return list(dict.fromkeys(printable_path(place) or ITSELF for _, _, place in leaves.found))
    unread = leaves.found
    if not unread:
        return []
    fact_paths = {_index(fact.path) for fact in facts}
    elements = {element for element, _, _ in unread}
    exact = {element: where for element, where in _places(content) if element in elements}
    # No fact stands for a text between elements, which has no place of its own.
    places = {
        place: None
        for element, name, place in unread
        if (len(element) and not name) or _below(exact.get(element, ""), name) not in fact_paths
    }
    return list(dict.fromkeys(printable_path(place) or ITSELF for place in places))


def unread_in_json(content: Any, marks: set[Any], facts: Iterable[Fact], left_out: LeftOut) -> list[str]:
    """List the places of all values that were not read and are not left out, each once.

    content: an object or list, decoded; the others, and what it gives, as for XML. It stops after the object or list
    in which it has found MOST_UNKNOWN of them.
    """
    fact_paths: set[str] | None = None
    looked_up: dict[str, bool] = {}
    unread: dict[str, None] = {}
    stack: list[tuple[Any, str, str]] = [(content, "", "")]
    while stack and len(unread) < MOST_UNKNOWN:
        holder, place, exact = stack.pop()
        is_list = isinstance(holder, list)
        inside: Iterable[tuple[Any, Any]] = enumerate(holder) if is_list else holder.items()
        for key, value in inside:
            if value is None or value == "" or value in ({}, []):
                continue
            if not isinstance(value, dict | list) and (
                (id(holder), key) in marks or (isinstance(value, str) and value.isspace())
            ):
                continue
            below = place if is_list else _below(place, key[:LONGEST_NAME])
            exactly = f"{exact}[{key + 1}]" if is_list else _below(exact, key)
            if isinstance(value, dict | list):
                stack.append((value, below, exactly[:LONGEST_PATH]))
                continue
            if fact_paths is None:
                fact_paths = {fact.path for fact in facts}
            if exactly not in fact_paths and not _is_left_out(below, left_out, looked_up):
                unread[below] = None
    return list(dict.fromkeys(map(printable_path, unread)))


def duplicates_in_json(data: bytes, content: Any) -> list[str]:
    """List the names of members that stand twice in one object of a text, of which only the last was decoded.

    A null is not counted, unless it is the last and an earlier one has a value, which is lost then.
    data: the text, in UTF-8; content: the object or list that it was decoded to.
    """
    members, stack = 0, [content]
    while stack:
        holder = stack.pop()
        members += len(holder) if isinstance(holder, dict) else 0
        inside = holder.values() if isinstance(holder, dict) else holder
        stack += [value for value in inside if isinstance(value, dict | list)]
    # A quotation mark and a colon can be part of a text too, so more of them than members asks for a closer look.
    if len(_MEMBER.findall(data)) == members:
        return []
    twice: dict[str, None] = {}

    def look(pairs: list[tuple[str, Any]]) -> bool:
        names = Counter(name for name, value in pairs if value is not None)
        last = dict(pairs)
        lost = [name for name, times in names.items() if times > 1 or last[name] is None]
        twice.update(dict.fromkeys(map(printable, lost)))
        return True  # It stands for the object among the members of the one around it, where a null says nothing.

    try:
        json.loads(data, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return []
    return list(twice)


def printable(name: str) -> str:
    """Write a name so that it can be logged: cut, in plain letters, "?" for what could be a person's number."""
    namespace, _, local = _short(name).rpartition("}")
    plain = _NOT_PLAIN.sub("?", local)
    return ("{*}" if namespace else "") + ("?" if _LIKE_A_NUMBER.search(plain) else plain)


def printable_path(path: str) -> str:
    """Write a whole path so that it can be logged."""
    return "/".join(f"@{printable(name[1:])}" if name[:1] == "@" else printable(name) for name in path.split("/"))


def is_printable(place: str) -> bool:
    """Tell whether a place, of whatever origin, can be logged as it is."""
    return _PLACE.fullmatch(place) is not None and not _LIKE_A_NUMBER.search(place)


def _short(tag: Any) -> str:
    """Cut a name, and write its namespace as `{*}`: a namespace can be of any length."""
    name = str(tag)
    if name[:1] != "{":
        return name[:LONGEST_NAME]
    return "{*}" + name[name.rfind("}") + 1 :][:LONGEST_NAME]


def _is_left_out(place: str, left_out: LeftOut, looked_up: dict[str, bool]) -> bool:
    """Ask about each place once; those beyond MOST_UNKNOWN, which no real answer has, count as not left out.

    looked_up: what came of that for the places of one answer, of which `LeftOut` does not remember all.
    """
    known = left_out.known.get(place)
    if known is None and (known := looked_up.get(place)) is None:
        known = looked_up[place] = len(looked_up) < MOST_UNKNOWN and left_out(place)
    return known


def _find_unread(content: Element, marks: set[Any], unread: _Leaves) -> None:
    """Collect the unread leaves of the content: its own, those below it, and texts between elements."""
    for name in _unread_attributes(content, marks):
        unread.add(content, name, name)
    with_text = _find_unread_below(content, marks, unread)
    if content.text is not None:
        with_text += 1
        if content not in marks and not content.text.isspace():
            unread.add(content, "", "")
    if with_text != _COUNT_TEXTS(content):
        # More texts than elements that begin with one: the others stand between children, where no reader looks.
        _find_text_between(content, "", unread)


def _find_unread_below(content: Element, marks: set[Any], unread: _Leaves) -> int:
    """Collect the unread leaves below the content; give the number of elements there that begin with a text.

    An element among the marks has one: readers note no other. This runs for every element of every answer. So it
    calls no function for places that are known to be left out, and takes the elements from one iterator of lxml,
    which costs a third of listing the children of each.
    """
    is_left_out = unread.left_out.known.get
    belows = {content: ""}
    with_text = 0
    for element in content.iterdescendants():
        if element in marks:
            with_text += 1
        elif (text := element.text) is not None:
            with_text += 1
            around: Any = element.getparent()
            below = belows.get(around)
            if below is None:
                below = _below_it(around, belows)
            if not is_left_out(below + element.tag) and not text.isspace():
                unread.add(element, "", _step(below[:-1], element.tag))
        names: Any = element.keys()
        if names:
            below = belows.get(element)
            if below is None:
                below = _below_it(element, belows)
            for name in names:
                if not is_left_out(f"{below}@{name}") and (element, name) not in marks:
                    unread.add_attributes(element, _unread_attributes(element, marks), below[:-1])
                    break
    return with_text


def _below_it(element: Any, belows: dict[Element, str]) -> str:
    """Give the beginning of all places below an element (`A/B/`), and remember it for the elements around it too."""
    if len(belows) >= MOST_PLACES:
        # The memory is full: it begins again with its first entry, the content's own.
        content = next(iter(belows))
        belows.clear()
        belows[content] = ""
    around = element.getparent()
    start = belows.get(around)
    if start is None:
        start = _below_it(around, belows)
    tag = element.tag
    is_plain = tag[0] != "{" and len(tag) <= LONGEST_NAME and len(start) <= LONGEST_PATH
    below = belows[element] = f"{start}{tag}/" if is_plain else f"{_step(start[:-1], tag)}/"
    return below


def _unread_attributes(element: Element, marks: set[Any]) -> list[str]:
    """List the names of the unread attributes of an element, as in a place (`@Naam`)."""
    given: Any = element.items()
    unread = [it for it in given if (element, it[0]) not in marks and not it[0].startswith(_OF_XML)]
    return [f"@{_short(name)}" for name, value in unread[:MOST_ATTRIBUTES] if value and not value.isspace()]


def _find_text_between(element: Element, path: str, unread: _Leaves) -> None:
    """Collect the elements with text between their children."""
    children = children_of(element)
    if any(child.tail and not child.tail.isspace() for child in children):
        unread.add(element, "", path)
    for child in children:
        _find_text_between(child, _step(path, child.tag), unread)


def _places(content: Element) -> Iterator[tuple[Element, str]]:
    """Yield every element below the content with its exact place, an index at each step."""
    stack = [(content, "")]
    while stack:
        around, place = stack.pop()
        counted: dict[Any, int] = {}
        for element in children_of(around):
            n = counted[element.tag] = counted.get(element.tag, 0) + 1
            where = _below(place, f"{_short(str(element.tag))}[{n}]")
            yield element, where
            stack.append((element, where))


def _step(path: str, tag: Any) -> str:
    """Add a step to a path as `_below` and `_short` do; a fast path for the many that need neither."""
    if tag[0] == "{" or len(tag) > LONGEST_NAME or not path or len(path) > LONGEST_PATH:
        return _below(path, _short(tag))
    return f"{path}/{tag}"


def _below(path: str, name: str) -> str:
    """Put a name below a path; a path that is too long stays as it is."""
    if not name or len(path) > LONGEST_PATH:
        return path
    return f"{path}/{name}" if path else name


def _index(path: str) -> str:
    """Write the path of a fact as an exact place, with an index at each step: `A[2]/B` is `A[2]/B[1]`."""
    return "/".join(step if step[-1:] == "]" or step[:1] == "@" else f"{step}[1]" for step in path.split("/"))
