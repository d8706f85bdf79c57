"""The text of a letter made fit for our page: HTML by a confined program, all else as paragraphs.

A provider sends one text a language and does not say whether it is HTML. Nothing of it is ever left out in silence:
what no program could take apart is shown as its text alone.
"""

import asyncio
import html
import re
from collections.abc import Sequence
from uuid import UUID

import msgspec

from portal.platform.confined import programs
from portal.platform.confined.errors import NotRun, NoTurn, ProgramFailed
from portal.platform.confined.turns import PersonTurns
from portal.platform.kit.unprinted import Unprinted
from portal.platform.sources import beside

from . import letter_markup
from .letter_markup import LetterPiece

PROGRAM = f"{__package__}.letter_program"
LONGEST = 1_000_000  # characters; of a longer one the beginning is shown, and said to be
LARGEST = 8 * 1024 * 1024  # bytes of its pieces
MANY = 20_000  # characters, or bytes of pieces; more are read and written beside the loop
SECONDS = 10.0  # by the clock; its own limit is processor time
AT_ONCE = 2  # in each process
OWN = 6  # of one citizen that wait: as many pages as they may have under way
PATIENCE = 10.0  # seconds

_ELEMENTS = "|".join((*letter_markup.TAGS, "html", "body", "head", "style", "span", "font", "u", "script", "svg"))
_ELEMENT = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]{{0,2000}}|/)?>", re.IGNORECASE)
_ANY_ELEMENT = re.compile(r"<[a-zA-Z/!][^<>]*>")
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_UNSPOKEN = re.compile(r"<(style|script).*?(?=</\1|\Z)", re.IGNORECASE | re.ASCII | re.DOTALL)

_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}


class CleanLetter(Unprinted, frozen=True):
    """A letter as HTML that can stand in our page. is_bare: its text alone; is_cut: it was longer than what is shown.

    has_pictures, has_form: it had some, which are left out.
    """

    markup: str
    is_empty: bool = False
    is_bare: bool = False
    is_cut: bool = False
    has_pictures: bool = False
    has_form: bool = False


async def clean(text: str, citizen_id: UUID) -> CleanLetter:
    """Make a letter fit for a page of whoever reads it; total: there is something to show of any text."""
    part = text[:LONGEST]
    is_cut = len(text) > LONGEST
    is_long = len(part) > MANY
    if not await beside.run(is_long, is_html, part):
        return await beside.run(is_long, _of_text, html.unescape(part), is_cut=is_cut)
    try:
        async with _turns_here().take(citizen_id):
            # Half of a pair of surrogates is a sign in JSON and none in UTF-8.
            answer = await programs.run(PROGRAM, part.encode("utf-8", "replace"), seconds=SECONDS, most=LARGEST)
        return await beside.run(len(answer) > MANY, _of_pieces, answer, is_cut=is_cut)
    except (NoTurn, NotRun, TimeoutError, ProgramFailed, msgspec.MsgspecError):
        return await beside.run(is_long, _of_text, bare(part), is_cut=is_cut, is_bare=True)


async def lines_of(text: str) -> Sequence[str]:
    """Give the words of a letter, line by line, for who opens it without a browser."""
    return await beside.run(len(text) > MANY, _lines_of, text)


def is_html(text: str) -> bool:
    """Tell whether a text is HTML: it has an element that letters have. `<jan@example.be>` makes none of it."""
    return _ELEMENT.search(text) is not None


def bare(markup: str) -> str:
    """Give the text of HTML without looking at how it is put together, in time that grows with its length."""
    return html.unescape(_ANY_ELEMENT.sub(" ", _LINE_END.sub("\n", _UNSPOKEN.sub("", markup))))


def _lines_of(text: str) -> Sequence[str]:
    if is_html(text):
        return [" ".join(line.split()) for line in bare(text).splitlines()]
    return text.splitlines()


def _of_text(text: str, *, is_cut: bool, is_bare: bool = False) -> CleanLetter:
    came = letter_markup.of_text(text)
    return CleanLetter(came.markup, is_empty=came.is_empty, is_bare=is_bare, is_cut=is_cut)


def _of_pieces(answer: bytes, *, is_cut: bool) -> CleanLetter:
    came = letter_markup.write(msgspec.json.decode(answer, type=list[LetterPiece]))
    return CleanLetter(
        came.markup,
        is_empty=came.is_empty,
        is_cut=is_cut,
        has_pictures=came.has_pictures,
        has_form=came.has_form,
    )


def _turns_here() -> PersonTurns:
    loop = asyncio.get_running_loop()
    return _turns.setdefault(loop, PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
