"""Write the HTML of a letter for our page, from pieces that `letter_program` took apart. No I/O.

Every tag and attribute is written here, from closed lists: elements that are not in TAGS, other attributes, and links
whose target is unclear are left out, and their text stays. So a letter cannot load anything, run a script, or cover
or imitate parts of our page, whatever its sender wrote.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from markupsafe import escape

from portal.platform.kit import domain_name, typed_text

SCHEMES = ("http", "https", "mailto", "tel")
MOST_DEPTH = 48  # of elements inside one another; of deeper ones, the text stays
MOST_CELLS = 100  # that one cell may span

# How each element is written: as "itself", as another tag, or by `_Writer._tag`; "" leaves its text only.
TAGS = {
    **dict.fromkeys(("p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd"), "itself"),
    **dict.fromkeys(("strong", "em", "s", "sub", "sup", "small", "blockquote", "q", "cite", "code", "pre"), "itself"),
    **dict.fromkeys(("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"), "table"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("div", "section", "article", "main", "header", "footer", "aside", "nav", "center"), "div"),
    **dict.fromkeys(("address", "figure", "figcaption", "fieldset", "legend", "form", "label"), "div"),
    **dict.fromkeys(("input", "button"), ""),
    "b": "strong",
    "i": "em",
    "del": "s",
    "strike": "s",
    "abbr": "itself",
    "a": "link",
    "img": "picture",
}
_ALONE = frozenset({"br", "hr", "img", "input"})
_FORM = frozenset({"form", "input", "button"})
# Elements that are only valid inside others: list items, and parts of tables.
_INSIDE = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",)}
_PARTS = {
    "caption": ("table",),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ("table",)),
    "tr": ("table", "thead", "tbody", "tfoot"),
    **dict.fromkeys(("td", "th"), ("tr",)),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2})?")
# Addresses that every parser reads alike: a plain host, no user name before it, no backslash.
_WEB = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(:[0-9]{1,5})?(/[!#-;=?-\[\]^_a-z|~-]*|[?#][!#-;=?-\[\]^_a-z|~-]*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"(https?://)([^/?#@:\\\s]{1,253})(.*)", re.IGNORECASE)
_MAILBOX = re.compile(r"mailto:([\w.+'-]{1,64}@[a-z0-9.-]{1,253})(\?.*)?", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(r"tel:(\+?[0-9 ()./-]{3,30})")
_LONGEST_ADDRESS = 2000


class LetterPiece(msgspec.Struct, frozen=True, array_like=True):
    """A text of a letter, or the begin or end of an element. name: the text itself, or the tag of the element."""

    kind: Literal["text", "begin", "end"]
    name: str
    attributes: dict[str, str] = {}

    def __repr__(self) -> str:
        return "LetterPiece(…)"


class LetterMarkup(NamedTuple):
    """A letter as HTML that is safe in a page.

    has_pictures, has_form: it had pictures or a form, which are left out.
    """

    markup: str
    is_empty: bool
    has_pictures: bool = False
    has_form: bool = False


class _Link(NamedTuple):
    href: str
    shown: str  # where it leads, for people


class _Open(NamedTuple):
    """An element that is open.

    name: in the letter; tag: as it was written, "" for not at all; closing: its end tag.
    """

    name: str
    tag: str
    closing: str
    link: _Link | None = None


def write(pieces: Sequence[LetterPiece]) -> LetterMarkup:
    """Write a letter from its pieces; of an element that may not stand where it is, the text stays."""
    writer = _Writer(_tables_of_data(pieces))
    for piece in pieces:
        writer.take(piece)
    return writer.end()


def link_to(address: str) -> _Link | None:
    """Read the target of a link: its address, and the host, mailbox or number to show; None where that is unclear.

    An address that two parsers may read in two ways (a user name or backslash before the host, an escaped host) is no
    link, since the page shows the reader where it leads.
    """
    if len(address) > _LONGEST_ADDRESS:
        return None
    address = address.strip()
    if found := _MAILBOX.fullmatch(address):
        return _Link(f"mailto:{found[1]}", found[1])
    if found := _PHONE.fullmatch(address):
        return _Link(f"tel:{''.join(sign for sign in found[1] if sign in '+0123456789')}", found[1].strip())
    if not address.isascii() and (split := _HOST.fullmatch(address)):
        host = domain_name.to_ascii(split[2])
        address = f"{split[1]}{host}{_escape(split[3])}" if host else ""
    found = _WEB.fullmatch(address)
    if found is None or ".." in found[2]:
        return None
    # The host is shown in ASCII (punycode): letters of other scripts can imitate the name of another host.
    return _Link(f"{found[1].lower()}://{found[2].lower()}{found[3] or ''}{found[4] or ''}", found[2].lower())


def _escape(rest: str) -> str:
    return "".join(sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in rest)


def _tables_of_data(pieces: Iterable[LetterPiece]) -> Sequence[bool]:
    """Tell of each table, in order, whether it holds data, and not only the layout of the letter.

    A data table has a row with two cells, and no table inside it.
    """
    found: list[bool] = []
    around: list[_LetterTable] = []
    for piece in pieces:
        if piece.kind == "text":
            continue
        begins = piece.kind == "begin"
        match piece.name:
            case "table" if begins:
                if around:
                    around[-1].is_layout = True
                around.append(_LetterTable(len(found)))
                found.append(False)
            case "table" if around:
                table = around.pop()
                found[table.at] = table.is_wide and not table.is_layout
            case "tr" if around:
                around[-1].cells = 0
            case "td" | "th" if begins and around:
                around[-1].cells += 1
                around[-1].is_wide |= around[-1].cells > 1
    return found


class _LetterTable:
    """A table that is open while `_tables_of_data` reads. at: its index; cells: of the current row, so far."""

    def __init__(self, at: int) -> None:
        self.at, self.cells, self.is_wide, self.is_layout = at, 0, False, False


class _Writer:
    """Writes HTML piece by piece. tables: what `_tables_of_data` gives."""

    def __init__(self, tables: Iterable[bool]) -> None:
        self._tables = iter(tables)
        self._written: list[str] = []
        self._open: list[_Open] = []
        self._tags: list[str] = []  # the tags of open elements that were written
        self._ranks: list[int] = []  # in the letter, of the current heading and those above it
        self._in_link: list[str] | None = None  # the words of the open link
        self._is_empty, self._has_pictures, self._has_form = True, False, False

    def take(self, piece: LetterPiece) -> None:
        if piece.kind == "text":
            self._text(piece.name)
        elif piece.kind == "begin":
            self._begin(piece.name, piece.attributes)
        elif self._open and self._open[-1].name == piece.name:
            self._end()

    def end(self) -> LetterMarkup:
        while self._open:
            self._end()
        return LetterMarkup("".join(self._written), self._is_empty, self._has_pictures, self._has_form)

    def _text(self, text: str) -> None:
        if "pre" in self._tags:
            seen = typed_text.lines(text, most=_room(text))
        else:
            seen = typed_text.line(text, most=_room(text))
            # `line` strips the spaces that separate it from the words beside it.
            seen = f"{' ' if text[:1].isspace() else ''}{seen}{' ' if seen and text[-1:].isspace() else ''}"
        self._is_empty &= not seen.strip()
        if self._in_link is not None:
            self._in_link.append(seen)
        self._written.append(str(escape(seen)))

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._has_form |= name in _FORM
        kind = TAGS.get(name)
        if name == "img":
            self._has_pictures = True
            if alt := attributes.get("alt", ""):
                self._text(f" [{alt}] ")
        elif name in _ALONE:
            if kind:
                self._written.append(f"<{name}>")
        elif kind is not None:
            # An element that is left out is remembered too, so that its end tag closes no other.
            one = self._element(name, kind, attributes) if len(self._tags) < MOST_DEPTH else _Open(name, "", "")
            self._open.append(one)
            if one.tag:
                self._tags.append(one.tag)

    def _element(self, name: str, kind: str, attributes: Mapping[str, str]) -> _Open:
        if name == "table" and next(self._tables, False):
            # A wide table scrolls in its own box, which the keyboard can reach.
            self._written.append('<div class="wide" role="group" tabindex="0"><table>')
            return _Open(name, "table", "</table></div>")
        tag = self._tag(name, kind)
        link = link_to(attributes.get("href", "")) if kind == "link" and self._in_link is None else None
        if link is not None:
            self._in_link = []
            self._written.append(f'<a href="{escape(link.href)}" rel="noopener noreferrer nofollow">')
            return _Open(name, "a", "</a>", link)
        if tag in ("", "a"):
            return _Open(name, "", "")
        self._written.append(f"<{tag}{''.join(_attributes(tag, attributes))}>")
        return _Open(name, tag, f"</{tag}>")

    def _tag(self, name: str, kind: str) -> str:
        match kind:
            case "itself":
                return name if self._parent() in _INSIDE.get(name, (self._parent(),)) else "div"
            case "table":
                return name if self._is_in_table(name) else "div"
            case "heading":
                return self._heading(int(name[1]))
            case "link":
                return "a"
        return kind

    def _parent(self) -> str:
        return self._tags[-1] if self._tags else ""

    def _is_in_table(self, name: str) -> bool:
        """Tell whether a part of a table stands in a table that was written: layout tables were not."""
        return self._parent() in _PARTS.get(name, ())

    def _heading(self, rank: int) -> str:
        """Give the tag of a heading: levels of the letter become consecutive levels below the page's own h2."""
        while self._ranks and self._ranks[-1] >= rank:
            self._ranks.pop()
        self._ranks.append(rank)
        return f"h{min(2 + len(self._ranks), 6)}"

    def _end(self) -> None:
        one = self._open.pop()
        if one.tag:
            self._tags.pop()
        if one.link is not None:
            words = "".join(self._in_link or ()).strip()
            self._in_link = None
            if not words:
                self._written.append(str(escape(one.link.shown)))
                self._is_empty = False
            self._written.append(one.closing)
            if words and words != one.link.shown and words.rstrip("/") != one.link.href.rstrip("/"):
                self._written.append(f' <span class="leads">({escape(one.link.shown)})</span>')
        else:
            self._written.append(one.closing)


def _attributes(tag: str, given: Mapping[str, str]) -> Iterator[str]:
    if _LANGUAGE.fullmatch(given.get("lang", "")):
        yield f' lang="{given["lang"]}"'
    if tag in ("td", "th"):
        for name in ("colspan", "rowspan"):
            span = given.get(name, "")
            if span.isascii() and span.isdecimal() and len(span) <= 3 and 1 < int(span) <= MOST_CELLS:
                yield f' {name}="{int(span)}"'
        if tag == "th" and given.get("scope") in ("row", "col"):
            yield f' scope="{given["scope"]}"'
    elif tag == "abbr" and (title := given.get("title", "")):
        yield f' title="{escape(typed_text.beginning(title, most=200))}"'


def _room(text: str) -> int:
    # NFC can make three characters of one. The length of the whole letter was checked before.
    return 3 * len(text) + 1


def of_text(text: str) -> LetterMarkup:
    """Write a letter that is plain text: paragraphs between empty lines, and line breaks as they are."""
    seen = typed_text.lines(text, most=_room(text))
    paragraphs = [str(escape(one)).replace("\n", "<br>") for one in seen.split("\n\n")]
    return LetterMarkup("".join(f"<p>{one}</p>" for one in paragraphs if one), not seen)
