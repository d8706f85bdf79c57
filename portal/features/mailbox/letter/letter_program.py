"""A confined program: takes the HTML of a letter apart, and answers with the pieces that a letter may have.

It is given the HTML and answers with a list of `LetterPiece` as JSON. Run by `cleaning`; what the pieces become is
decided there (`letter_markup`), which believes nothing of them. HTML of a few hundred kB can be made to take a parser
minutes and gigabytes: formatting that is opened a thousand times is opened anew in each of a thousand paragraphs.
"""

from html.parser import HTMLParser

import msgspec
import nh3

from portal.features.mailbox.letter import letter_markup
from portal.features.mailbox.letter.letter_markup import LetterPiece

CPU_SECONDS = 1
MEMORY = 1 << 29  # bytes of addresses

# Whose contents are no text of the letter.
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
    """Reads what nh3 wrote, which is well-formed."""

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
    """Take a letter of ours apart once: what that finds at first use is not found behind the walls."""
    main(b"<p>&eacute;&nbsp;<a href='https://a.example'>a</a></p>")


def main(given: bytes) -> bytes:
    """Read, clean, take apart."""
    return msgspec.json.encode(pieces_of(given.decode()))


def pieces_of(html: str) -> list[LetterPiece]:
    """Give what a letter is made of: texts, and the elements around them that a letter may have."""
    reader = _LetterReader()
    reader.feed(_cleaner.clean(html))
    reader.close()
    return reader.pieces
