"""A confined program that parses the HTML of a letter: it reads HTML, and writes a list of `LetterPiece` as JSON.

`cleaning` runs it, and `letter_markup` writes the letter from its pieces without trusting them. It is confined
because a few hundred kB of HTML can cost a parser minutes and gigabytes: formatting elements that were opened a
thousand times are opened again in each of a thousand paragraphs.
"""

from html.parser import HTMLParser

import msgspec
import nh3

from portal.features.mailbox.letter import letter_markup
from portal.features.mailbox.letter.letter_markup import LetterPiece

CPU_SECONDS = 1
MEMORY = 1 << 29  # bytes of address space

# Elements whose content is no text of the letter.
_UNSPOKEN = {
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "audio", "video", "canvas"),
    *("svg", "math", "head", "title", "textarea", "select", "datalist", "noframes", "noembed", "xmp", "map"),
}
_KEPT = {tag: {"lang"} for tag in letter_markup.TAGS} | {
    "a": {"href", "lang"},
    "img": {"alt"},
    "abbr": {"title", "lang"},
    "td": {"colspan", "rowspan", "lang"},
    "th": {"colspan", "rowspan", "scope", "lang"},
}
_cleaner = nh3.Cleaner(
    tags=set(letter_markup.TAGS),
    clean_content_tags=_UNSPOKEN,
    attributes=_KEPT,
    link_rel=None,
    url_schemes=set(letter_markup.SCHEMES),
    url_relative="deny",
    generic_attribute_prefixes=set(),
    tag_attribute_values={},
    set_tag_attribute_values={},
)


class _LetterReader(HTMLParser):
    """Collects the pieces of HTML that nh3 wrote, so that it is well-formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[LetterPiece] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that begins."""
        self.pieces.append(LetterPiece("begin", tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Note an element that ends."""
        self.pieces.append(LetterPiece("end", tag))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.pieces.append(LetterPiece("text", data))


def prime() -> None:
    """Parse a sample before the program is confined: libraries load files at first use, which is denied later."""
    main(b"<p>&eacute;&nbsp;<a href='https://a.example'>a</a></p>")


def main(given: bytes) -> bytes:
    """Give the pieces of a letter as JSON. given: its HTML in UTF-8."""
    return msgspec.json.encode(pieces_of(given.decode()))


def pieces_of(html: str) -> list[LetterPiece]:
    """Give the pieces of a letter: its texts, and those of its elements that are in `letter_markup.TAGS`."""
    reader = _LetterReader()
    reader.feed(_cleaner.clean(html))
    reader.close()
    return reader.pieces
