"""Make the text of a letter safe for our page: a confined program cleans HTML, all else becomes paragraphs.

A provider sends one text per language and does not say whether it is HTML. Nothing is left out without a word: HTML
that the program could not parse is shown as text alone.
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
LONGEST = 1_000_000  # characters; of a longer letter the beginning is shown, and the page says so
LARGEST = 8 * 1024 * 1024  # bytes that the program may answer
MANY = 20_000  # characters, or bytes of an answer; more are handled in a thread beside the event loop
SECONDS = 10.0  # of wall-clock time for the program, which limits its own CPU time
AT_ONCE = 2  # programs that run in each process
OWN = 6  # letters of one citizen that may wait: as many as they may have pages under way
PATIENCE = 10.0  # seconds that a letter waits for its turn

_ELEMENTS = "|".join((*letter_markup.TAGS, "html", "body", "head", "style", "span", "font", "u", "script", "svg"))
_ELEMENT = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]{{0,2000}}|/)?>", re.IGNORECASE)
_ANY_ELEMENT = re.compile(r"<[a-zA-Z/!][^<>]*>")
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_UNSPOKEN = re.compile(r"<(style|script).*?(?=</\1|\Z)", re.IGNORECASE | re.ASCII | re.DOTALL)

_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}


class CleanLetter(Unprinted, frozen=True):
    """A letter as HTML that is safe in our page. is_bare: only its text could be kept; is_cut: its end is not shown.

    has_pictures, has_form: it had pictures or a form, which are left out.
    """

    markup: str
    is_empty: bool = False
    is_bare: bool = False
    is_cut: bool = False
    has_pictures: bool = False
    has_form: bool = False


async def clean(text: str, citizen_id: UUID) -> CleanLetter:
    """Make a letter safe for the page of the citizen who reads it; never fails, whatever the text."""
    part = text[:LONGEST]
    is_cut = len(text) > LONGEST
    is_long = len(part) > MANY
    if not await beside.run(is_long, is_html, part):
        return await beside.run(is_long, _of_text, html.unescape(part), is_cut=is_cut)
    try:
        async with _turns_here().take(citizen_id):
            # JSON can carry half of a surrogate pair, which UTF-8 cannot encode.
            answer = await programs.run(PROGRAM, part.encode("utf-8", "replace"), seconds=SECONDS, most=LARGEST)
        return await beside.run(len(answer) > MANY, _of_pieces, answer, is_cut=is_cut)
    except (NoTurn, NotRun, TimeoutError, ProgramFailed, msgspec.MsgspecError):
        return await beside.run(is_long, _of_text, bare(part), is_cut=is_cut, is_bare=True)


async def lines_of(text: str) -> Sequence[str]:
    """Give the text of a letter, line by line, for a copy that is read without a browser."""
    return await beside.run(len(text) > MANY, _lines_of, text)


def is_html(text: str) -> bool:
    """Tell whether a text is HTML: it has an element that letters use; `<jan@example.be>` is none."""
    return _ELEMENT.search(text) is not None


def bare(markup: str) -> str:
    """Give the text of HTML without parsing its structure, in time linear in its length."""
    return html.unescape(_ANY_ELEMENT.sub(" ", _LINE_END.sub("\n", _UNSPOKEN.sub("", markup))))


def _lines_of(text: str) -> Sequence[str]:
    if is_html(text):
        return [" ".join(line.split()) for line in bare(text).splitlines()]
    return text.splitlines()


def _of_text(text: str, *, is_cut: bool, is_bare: bool = False) -> CleanLetter:
    written = letter_markup.of_text(text)
    return CleanLetter(written.markup, is_empty=written.is_empty, is_bare=is_bare, is_cut=is_cut)


def _of_pieces(answer: bytes, *, is_cut: bool) -> CleanLetter:
    written = letter_markup.write(msgspec.json.decode(answer, type=list[LetterPiece]))
    return CleanLetter(
        written.markup,
        is_empty=written.is_empty,
        is_cut=is_cut,
        has_pictures=written.has_pictures,
        has_form=written.has_form,
    )


def _turns_here() -> PersonTurns:
    loop = asyncio.get_running_loop()
    return _turns.setdefault(loop, PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
