"""The home page of whoever is signed in: what asks for attention, then the cards of every feature.

It knows no feature. What people call themselves and what they dismissed it asks of the profile, by its door.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence

from django.http import HttpResponseBase
from django.template.loader import get_template
from django.utils.translation import gettext_noop as _

from portal.features.profile import queries as profile
from portal.platform.access.guards import signed_in
from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, Card, Gap, Piece, Signal
from portal.platform.ui import streaming
from portal.platform.ui.links import links
from portal.platform.ui.prepared import template_of

from . import attention, finding
from .attention import Attention
from .finding import BlockEnd, OfBlock
from .slots import END, CardSlots

TITLE = _("Begin")
SHEETS = ("home/home.css",)
NAME_SECONDS = 0.3  # that the frame waits for the nickname; then it greets with the first name
DISMISSED = "verborgen"  # in the address, of whoever just dismissed something or took that back

log = logging.getLogger("portal.home")


@signed_in
async def home(request: SignedInRequest) -> HttpResponseBase:
    """Stream the page."""
    return streaming.answer(_stream(request))


async def _stream(request: SignedInRequest) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, each piece as a block finds it, and how it ended last."""
    blocks = finding.blocks()
    nickname = asyncio.create_task(_nickname(request))
    dismissed = asyncio.create_task(_dismissals(request))
    looking = finding.found_by(blocks, request)
    try:
        yield streaming.head(request, TITLE, SHEETS)
        await streaming.let_heads_go_first(request.correlation_id)
        cards = [card for block in blocks for card in _cards(block)]
        rules = attention.rules_of(blocks)
        frame = {
            "title": TITLE,
            "groups": (),
            "depth": "home",
            "crumbs": (),
            "cards": cards,
            "name": await nickname,
            "attention_slots": list(dict.fromkeys(map(attention.slot_of, rules))),
        }
        yield get_template("home/home_open.html").render(frame, request).encode()
        # Let the frame reach the socket before the sources are asked.
        await asyncio.sleep(0)
        asks = Attention(request.session, rules, dismissed)
        slots, closing = CardSlots(cards), list[str]()
        async for there in looking:
            for found in _in_turns(there):
                async for chunk in streaming.stretches(_fill(found, asks, slots, closing)):
                    yield chunk
        state = asks.state(is_open=DISMISSED in request.GET, is_seen=slots.sight.has_begun)
        yield (slots.sight.mark() + state).encode()
        yield get_template("home/home_close.html").render({"lines": closing}).encode()
    finally:
        await looking.aclose()
        for task in (nickname, dismissed):
            task.cancel()
        await asyncio.gather(nickname, dismissed, return_exceptions=True)


def _in_turns(found: Sequence[OfBlock]) -> Iterator[Sequence[OfBlock]]:
    """Put those together that are shown at once; what may wait for dismissals to be read comes after them."""
    yield [(block, one) for block, one in found if not isinstance(one, Signal)]
    yield [(block, one) for block, one in found if isinstance(one, Signal)]


async def _fill(
    found: Sequence[OfBlock], asks: Attention, slots: CardSlots, closing: list[str]
) -> AsyncIterator[str]:
    """Yield what goes into the slots of the page; what belongs to its closing line is put there.

    What cannot be shown is left out, and the page says so: none of it takes the rest away.
    """
    for block, one in found:
        try:
            part = await _part(block, one, asks, slots, closing)
        except Exception as error:
            log.error("block %s could not be shown: %s", block.name, type(error).__name__)
            asks.lacks(block)
            part = _leave_out(block, one, slots)
        if part:
            yield part


async def _part(block: Block, found: object, asks: Attention, slots: CardSlots, closing: list[str]) -> str:
    match found:
        case Signal():
            return await asks.render(found)
        case Gap():
            asks.is_whole = False
        case Piece(card=""):
            closing.append(_inside(block, found))
        case Piece(content=None):
            return slots.leave_empty(found.card, found.slot)
        case Piece():
            return slots.fill(found.card, found.slot, _inside(block, found))
        case BlockEnd(has_failed=True):
            asks.lacks(block)
            return "".join(_failure(block, card.name, slots) for card in _cards(block))
        case BlockEnd():
            return "".join(slots.close(card.name) for card in _cards(block))
    return ""


def _cards(block: Block) -> Sequence[Card]:
    try:
        return block.cards()
    except Exception as error:
        log.error("cards of %s not known: %s", block.name, type(error).__name__)
        return ()


def _inside(block: Block, piece: Piece) -> str:
    return template_of(block.template).render(dict(piece.content or {}))


def _leave_out(block: Block, found: object, slots: CardSlots) -> str:
    """Close the slot of a piece that cannot be shown; for the end of a card, say there that it was not filled."""
    if not isinstance(found, Piece) or not slots.is_open(found.card, found.slot):
        return ""
    return slots.leave_empty(found.card, found.slot) if found.slot else _failure(block, found.card, slots)


def _failure(block: Block, card: str, slots: CardSlots) -> str:
    """Say of a card that it could not be filled, unless its end came."""
    if not slots.is_open(card, END):
        return ""
    return slots.fill(card, END, get_template("home/unasked.html").render({"unasked": block.unasked}))


async def _dismissals(request: SignedInRequest) -> frozenset[bytes]:
    """Find what this citizen dismissed: nothing in a portal that has no way to take that back."""
    return await profile.dismissals_of(request.session.citizen_id) if links.show_again() else frozenset()


async def _nickname(request: SignedInRequest) -> str:
    """Find what to greet with: the nickname where there is one, else the first name, or else the whole."""
    who = request.session.identity
    if not links.nickname():
        return who.given_name or who.name
    try:
        async with asyncio.timeout(NAME_SECONDS):
            return await profile.look_at_nickname(request.occasion) or who.given_name or who.name
    except Exception as error:
        # A failure to read the nickname must not cost the citizen the sources' answers.
        log.error("nickname not read: %s %s", type(error).__name__, request.correlation_id)
        return who.given_name or who.name
