"""Read the national numbers that a document shows, so that nobody gets a document about somebody else.

Only what is shown as text counts, decoded by the font's own table (/ToUnicode). A document of which not all text can
be read proves nothing: the number that it should have may stand in the rest.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.platform.kit import national_number
from portal.platform.kit.errors import PortalError

from .structure import value

MOST_BYTES = 8 * 1024 * 1024  # of the content streams of all pages together
DEEPEST = 8  # levels of nodes in the tree of pages, and of forms in forms
LAST_DAY = 31
_NO_DIGITS = re.compile(r"\D+")
# A text may hold pairs of parentheses; `odd` is one that is no part of a text that is read here.
_TOKEN = re.compile(
    rb"/(?P<name>[^\s<>\[\](){}/%]+)|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|\((?P<text>(?:\\.|[^\\()]|\((?:\\.|[^\\()])*+\))*+)\)|(?P<odd>\()|(?P<word>[A-Za-z'\"*]+)",
    re.DOTALL,
)
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_CODE = re.compile(rb"<([0-9A-Fa-f\s]*)>|\[([^\]]*)\]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_SHOWS = {b"Tj", b"TJ", b"'", b'"'}

type Decoder = Callable[[bytes], str]


class TextUnread(PortalError):
    """A document has text that cannot be read."""

    code = "seals.text"


def names_only_others(pdf: bytes, number: str) -> bool:
    """Tell whether a document shows national numbers, but not this one; one about several people shows each.

    It does not where some of its text cannot be read. This number counts however its digits are set apart.
    """
    try:
        pages = runs_in(pdf)
    except Exception:  # Errors of pyHanko in a damaged document are of any type.
        return False
    return bool(numbers_in(pages)) and not any(number in _NO_DIGITS.sub("", "".join(runs)) for runs in pages)


def numbers_in(pages: Iterable[Sequence[str]]) -> frozenset[str]:
    """Find the national numbers in the texts of pages."""
    found: set[str] = set()
    for runs in pages:
        for text in ("".join(runs), " ".join(runs)):
            matches = national_number.WRITTEN.finditer(text)
            found.update(_NO_DIGITS.sub("", match[0]) for match in matches)
    return frozenset(filter(_is_somebodys, found))


def runs_in(pdf: bytes) -> list[list[str]]:
    """Read the texts of each page, one for each operator that shows text.

    Raise TextUnread where some of it cannot be read, or whatever else the damage of a document leads to.
    """
    pages: list[list[str]] = []
    left = MOST_BYTES
    for page, resources in _pages(PdfFileReader(io.BytesIO(pdf), strict=False).root["/Pages"], {}, 0):
        content = _content(page)
        left -= len(content)
        if left < 0:
            raise TextUnread("its pages are too large")
        pages.append(list(_runs(content, resources, 0)))
    return pages


def _is_somebodys(number: str) -> bool:
    """Tell whether a number is valid and has a possible day of birth; any is, where the month is unknown."""
    born = national_number.birth_date_in(number)
    return born is not None and (not born.month or int(number[4:6]) <= LAST_DAY)


def _pages(node: Any, inherited: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    resources = value(node, "/Resources", inherited)
    if "/Kids" not in node:
        yield node, resources
        return
    if depth >= DEEPEST:
        raise TextUnread("its tree of pages is too deep")
    for kid in node["/Kids"]:
        yield from _pages(_resolve(kid), resources, depth + 1)


def _content(page: Any) -> bytes:
    given = value(page, "/Contents", ())
    several = [given] if isinstance(given, generic.StreamObject) else given
    # Several streams of one page are read as one.
    return b"\n".join(_resolve(one).data for one in several)


def _resolve(one: Any) -> Any:
    return one.get_object() if isinstance(one, generic.IndirectObject) else one


def _runs(content: bytes, resources: Any, depth: int) -> Iterator[str]:
    """Decode the texts of a content stream, one for each operator that shows text. Raise TextUnread."""
    fonts = value(resources, "/Font", {})
    decoders: dict[bytes, Decoder] = {}
    decode: Decoder = _plain
    name, strings = b"", list[bytes]()
    for token in _TOKEN.finditer(content):
        if token["name"] is not None:
            name = token["name"]
        elif token["hex"] is not None:
            strings.append(_unhex(token["hex"]))
        elif token["text"] is not None:
            strings.append(_ESCAPE.sub(_unescape, token["text"]))
        elif token["odd"] is not None:
            raise TextUnread("a parenthesis without its other one")
        else:
            if token["word"] == b"Tf":
                if name not in decoders:
                    decoders[name] = _decoder(value(fonts, f"/{name.decode('latin-1')}"))
                decode = decoders[name]
            elif token["word"] in _SHOWS:
                yield "".join(map(decode, strings))
            elif token["word"] == b"Do":
                form = value(value(resources, "/XObject", {}), f"/{name.decode('latin-1')}", {})
                if value(form, "/Subtype") == "/Form":
                    if depth >= DEEPEST or len(form.data) > MOST_BYTES:
                        raise TextUnread("a form that is too deep or too large")
                    yield from _runs(form.data, value(form, "/Resources", resources), depth + 1)
            strings = []


def _decoder(font: Any) -> Decoder:
    """Make the function that decodes the strings of a font. It, or the function, raises TextUnread."""
    is_composite = value(font or {}, "/Subtype") == "/Type0"
    if font is None or "/ToUnicode" not in font:
        if is_composite:
            raise TextUnread("a font without its table")
        return _plain
    table = _character_table(font["/ToUnicode"].data)
    size = 2 if is_composite else 1

    def decode(codes: bytes) -> str:
        try:
            return "".join(table[codes[at : at + size]] for at in range(0, len(codes), size))
        except KeyError:
            raise TextUnread("a character that is not in the table of its font") from None

    return decode


def _character_table(data: bytes) -> dict[bytes, str]:
    """Read a /ToUnicode table: code -> text (Adobe Technical Note 5411)."""
    table: dict[bytes, str] = {}
    for kind, body in _BLOCK.findall(data[:MOST_BYTES]):
        codes = _CODE.findall(body)
        if kind == b"bfchar":
            for (code, _), (to, _) in zip(codes[::2], codes[1::2], strict=False):
                table[_unhex(code)] = _unhex(to).decode("utf-16-be", "replace")
        else:
            for (first, _), (last, _), (to, several) in zip(codes[::3], codes[1::3], codes[2::3], strict=False):
                begin, end, size = _unhex(first), int(last, 16), len(_unhex(first))
                each = [_unhex(one) for one, _ in _CODE.findall(several)] if several else []
                start = int.from_bytes(begin)
                for at in range(min(end - start + 1, 65536)):
                    if each:
                        text = each[at] if at < len(each) else b""
                    else:
                        whole = _unhex(to)
                        text = (int.from_bytes(whole) + at).to_bytes(len(whole))
                    table[(start + at).to_bytes(size)] = text.decode("utf-16-be", "replace")
    return table


def _plain(codes: bytes) -> str:
    return codes.decode("latin-1")


def _unhex(text: bytes) -> bytes:
    digits = b"".join(text.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _unescape(match: re.Match[bytes]) -> bytes:
    one = match[1]
    if one[:1].isdigit():
        return bytes([int(one, 8) & 0xFF])
    return _LETTERS.get(one, one)
