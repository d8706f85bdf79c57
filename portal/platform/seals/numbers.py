"""Read the national numbers that a document shows, so that nobody gets a document about somebody else.

Only what is shown as text counts, decoded by the font's own table (/ToUnicode). Text that cannot be read proves
nothing, and is no reason to refuse a document.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.platform.kit import national_number

from .structure import value

MOST_BYTES = 8 * 1024 * 1024  # of the content streams of all pages together
DEEPEST = 8  # levels of nodes in the tree of pages, and of forms in forms
_NUMBER = re.compile(r"(?<!\d)(\d{2})[. ]?(\d{2})[. ]?(\d{2})[-. ]{0,3}(\d{3})[-. ]{0,3}(\d{2})(?!\d)")
_TOKEN = re.compile(
    rb"/(?P<name>[^\s<>\[\](){}/%]+)|<(?P<hex>[0-9A-Fa-f\s]*)>|\((?P<text>(?:\\.|[^\\()])*)\)|(?P<word>[A-Za-z'\"*]+)",
    re.DOTALL,
)
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_CODE = re.compile(rb"<([0-9A-Fa-f\s]*)>|\[([^\]]*)\]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_SHOWS = {b"Tj", b"TJ", b"'", b'"'}

type Decoder = Callable[[bytes], str]


def names_only_others(pdf: bytes, number: str) -> bool:
    """Tell whether a document shows national numbers, but not this one; one about several people shows each."""
    numbers = numbers_in(pdf)
    return bool(numbers) and number not in numbers


def numbers_in(pdf: bytes) -> frozenset[str]:
    """Read the valid national numbers that a document shows; none where it cannot be read."""
    try:
        pages = list(_pages(PdfFileReader(io.BytesIO(pdf), strict=False).root["/Pages"], {}, 0))
    except Exception:
        return frozenset()
    found: set[str] = set()
    left = MOST_BYTES
    for page, resources in pages:
        runs: list[str] = []
        try:
            for content in _contents(page):
                left -= len(content)
                if left < 0:
                    return frozenset(found)
                runs += _runs(content, resources, 0)
        except Exception:  # noqa: S112 - a page that cannot be read proves nothing
            continue
        for text in ("".join(runs), " ".join(runs)):
            numbers = ("".join(match.groups()) for match in _NUMBER.finditer(text))
            found.update(number for number in numbers if national_number.is_valid(number))
    return frozenset(found)


def _pages(node: Any, inherited: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    resources = value(node, "/Resources", inherited)
    if "/Kids" not in node:
        yield node, resources
    elif depth < DEEPEST:
        for kid in node["/Kids"]:
            yield from _pages(_resolve(kid), resources, depth + 1)


def _contents(page: Any) -> Iterator[bytes]:
    given = value(page, "/Contents", ())
    several = [given] if isinstance(given, generic.StreamObject) else given
    # Several streams of one page are read as one.
    yield b"\n".join(_resolve(one).data for one in several)


def _resolve(one: Any) -> Any:
    return one.get_object() if isinstance(one, generic.IndirectObject) else one


def _runs(content: bytes, resources: Any, depth: int) -> Iterator[str]:
    """Decode the texts of a content stream, one for each operator that shows text."""
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
        else:
            if token["word"] == b"Tf":
                if name not in decoders:
                    decoders[name] = _decoder(value(fonts, f"/{name.decode('latin-1')}"))
                decode = decoders[name]
            elif token["word"] in _SHOWS:
                yield "".join(map(decode, strings))
            elif token["word"] == b"Do" and depth < DEEPEST:
                form = value(value(resources, "/XObject", {}), f"/{name.decode('latin-1')}", {})
                if value(form, "/Subtype") == "/Form":
                    yield from _runs(form.data[:MOST_BYTES], value(form, "/Resources", resources), depth + 1)
            strings = []


def _decoder(font: Any) -> Decoder:
    """Make the function that decodes the strings of a font."""
    if font is None or "/ToUnicode" not in font:
        return _plain
    table = _character_table(font["/ToUnicode"].data)
    size = 2 if value(font, "/Subtype") == "/Type0" else 1

    def decode(codes: bytes) -> str:
        return "".join(table.get(codes[at : at + size], "") for at in range(0, len(codes), size))

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
