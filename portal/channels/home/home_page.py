"""The home page of whoever is signed in: what signals for attention, then the cards of every feature.

Features bring its contents as blocks (`feature.home`). Of the profile alone it signals more: the nickname, and what
was dismissed.
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
from .finding import BlockEnd, BlockItem
from .slots import END, CardSlots

TITLE = _("Begin")
SHEETS = ("home/home.css",)
NAME_SECONDS = 0.3  # that the frame waits for the nickname; then it greets with the first name
DISMISSED = "verborgen"  # the parameter with which the form of dismissals leads back here

log = logging.getLogger("portal.home")


@signed_in
async def home(request: SignedInRequest) -> HttpResponseBase:
    """Stream the home page."""
    return streaming.answer(_stream(request))


async def _stream(request: SignedInRequest) -> AsyncIterator[bytes]:
    """Send the head at once, then the frame, then each piece as a block finds it, and the end of the page last."""
    blocks = finding.all_blocks()
    nickname = asyncio.create_task(_nickname(request))
    dismissed = asyncio.create_task(_dismissals(request))
    finds = finding.find_all(blocks, request)
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
        signals = Attention(request.session, rules, dismissed)
        slots, closing = CardSlots(cards), list[str]()
        async for items in finds:
            for turn in _split(items):
                async for chunk in streaming.stretches(_fill(turn, signals, slots, closing)):
                    yield chunk
        state = signals.render_end(is_open=DISMISSED in request.GET, is_seen=slots.sight.has_begun)
        yield (slots.sight.mark() + state).encode()
        yield get_template("home/home_close.html").render({"lines": closing}).encode()
    finally:
        await finds.aclose()
        for task in (nickname, dismissed):
            task.cancel()
        await asyncio.gather(nickname, dismissed, return_exceptions=True)


def _split(items: Sequence[BlockItem]) -> Iterator[Sequence[BlockItem]]:
    """Split items in two: pieces that can be shown at once, and signals, which may wait for the dismissals."""
    yield [(block, item) for block, item in items if not isinstance(item, Signal)]
    yield [(block, item) for block, item in items if isinstance(item, Signal)]


async def _fill(
    items: Sequence[BlockItem], signals: Attention, slots: CardSlots, closing: list[str]
) -> AsyncIterator[str]:
    """Yield the HTML that goes into the slots of the page; add what belongs to its closing line to `closing`.

    What cannot be rendered is left out, and the page says so.
    """
    for block, item in items:
        try:
            part = await _render(block, item, signals, slots, closing)
        except Exception as error:
            log.error("block %s could not be shown: %s", block.name, type(error).__name__)
            signals.note_missing(block)
            part = _leave_out(block, item, slots)
        if part:
            yield part


async def _render(block: Block, item: object, signals: Attention, slots: CardSlots, closing: list[str]) -> str:
    match item:
        case Signal():
            return await signals.render(block, item)
        case Gap():
            signals.note_gap(block)
        case Piece(card=""):
            closing.append(_render_piece(block, item))
        case Piece(content=None):
            return slots.leave_empty(item.card, item.slot)
        case Piece():
            return slots.fill(item.card, item.slot, _render_piece(block, item))
        case BlockEnd(has_failed=True):
            signals.note_missing(block)
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


def _render_piece(block: Block, piece: Piece) -> str:
    return template_of(block.template).render(dict(piece.content or {}))


def _leave_out(block: Block, item: object, slots: CardSlots) -> str:
    """Leave the slot of a piece that cannot be rendered empty; at the end of a card, say that it was not filled."""
    if not isinstance(item, Piece) or not slots.is_open(item.card, item.slot):
        return ""
    return slots.leave_empty(item.card, item.slot) if item.slot else _failure(block, item.card, slots)


def _failure(block: Block, card: str, slots: CardSlots) -> str:
    """Say in a card that it could not be filled, unless it was closed before."""
    if not slots.is_open(card, END):
        return ""
    return slots.fill(card, END, get_template("home/unasked.html").render({"unasked": block.unasked}))


async def _dismissals(request: SignedInRequest) -> frozenset[bytes]:
    """Read the marks of what the citizen dismissed; none in a portal without a page to show it again."""
    return await profile.dismissals_of(request.session.citizen_id) if links.show_again() else frozenset()


async def _nickname(request: SignedInRequest) -> str:
    """Give the name for the greeting: the nickname if there is one, else the first name, else the whole name."""
    identity = request.session.identity
    if not links.nickname():
        return identity.given_name or identity.name
    try:
        async with asyncio.timeout(NAME_SECONDS):
            return await profile.look_at_nickname(request.occasion) or identity.given_name or identity.name
    except Exception as error:
        # A failure to read the nickname must not cost the citizen the sources' answers.
        log.error("nickname not read: %s %s", type(error).__name__, request.correlation_id)
        return identity.given_name or identity.name
