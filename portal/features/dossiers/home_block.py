"""The block of dossiers on the home page: how many run, which changed last, and what bodies ask of the citizen."""

import hashlib
from collections.abc import AsyncGenerator, Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Card, Gap, Piece, Rule, Signal
from portal.platform.language.numbers import format_number
from portal.platform.sources import gaps
from portal.platform.ui.values import readable

from . import addresses, inquiries, looking, rules, section, troubles
from .rules import DossierCard, Stand

NAME = "dossiers"
# Characters of a dossier's name: in the card it stands behind a count, in what asks for attention it is what matters.
LONGEST_IN_CARD, LONGEST_IN_ATTENTION = 28, 48
MOST_NAMED = 5  # dossiers that one signal for several names
MOST_SIGNALS = 2  # dossiers that each have a signal of their own; more have one together
ACTION = Rule("dossiers.action", gettext_noop("Volgens de dienst moet u voor dit dossier nog iets doen."))
RUNNING = "lopend"  # the one slot of the card


def cards() -> Sequence[Card]:
    """Give the card of dossiers, where some body answers for them, or may report its own."""
    if section.may_have_dossiers():
        return [
            Card(
                name=NAME,
                title=gettext_noop("Aanvragen en dossiers"),
                href=addresses.overview(),
                door=gettext_noop("Al uw dossiers"),
                waiting=gettext_noop("Wij vragen dit nu op…"),
                slots=(RUNNING,),
                shown=0,
                icon="dossiers",
            )
        ]
    return []


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Ask for the dossiers once; yield what the home page shows of them."""
    if not section.may_have_dossiers():
        return
    asked_name = inquiries.name()
    is_again = asked_name in request.GET.getlist("opnieuw")
    outcome = await looking.look(request, fresh=looking.LIVE if is_again else looking.FRESH)
    overview = await looking.overview_of(request, outcome)
    shown = overview.cards
    yield Piece(NAME, RUNNING, line_of(shown))
    again = asked_name if gaps.may_help_to_ask_again(outcome) else ""
    content = {"part": "end", "name": troubles.name_of(outcome), "has_any": bool(shown), "again": again}
    yield Piece(NAME, "", content | {"is_reported_whole": overview.is_whole})
    for signal in action_signals(shown):
        yield signal
    if not troubles.is_whole(outcome, overview):
        yield Gap()


def line_of(shown: Sequence[DossierCard]) -> dict[str, object] | None:
    """Give the context of the card's line: how many dossiers run, and which changed last; None for no dossiers."""
    if not shown:
        return None
    running = sum(card.stand in (Stand.ACTION, Stand.RUNNING) for card in shown)
    today = timezone.localdate()
    # A change that a body dated ahead did not happen yet.
    last = next((card for card in shown if not rules.is_ahead(card.dossier, today)), shown[0])
    return {
        "part": "line",
        "running": ngettext("%(count)s loopt", "%(count)s lopen", running) % {"count": format_number(running)},
        "last": _short(last.title, LONGEST_IN_CARD),
    }


def action_signals(shown: Sequence[DossierCard]) -> Iterator[Signal]:
    """Give a signal for each dossier that waits for the citizen; one for all if they are more than MOST_SIGNALS."""
    asking = [card for card in shown if card.stand is Stand.ACTION]
    if len(asking) > MOST_SIGNALS:
        states = b"".join(sorted(rules.state_of(card.dossier) for card in asking))
        title = _("%(count)s dossiers wachten op iets van u.") % {"count": format_number(len(asking))}
        # By the last day on which something must be done; "9" sorts after every date.
        asking.sort(key=lambda card: card.newest.due or "9")
        named = [_with_day(card) for card in asking[:MOST_NAMED]] + ["…"] * (len(asking) > MOST_NAMED)
        label = _("Bekijk wat u moet doen")
        yield Signal(ACTION.id, _digest(states), title, what="; ".join(named), href=addresses.overview(), label=label)
        return
    for card in asking:
        newest = card.newest
        expected = newest.action or _(
            "De dienst vraagt iets van u, maar zegt hier niet wat. Kijk het na bij de dienst."
        )
        yield Signal(
            ACTION.id,
            _digest(rules.state_of(card.dossier)),
            _title_of(card),
            what=expected,
            href=addresses.of_dossier(card.handle),
            label=_("Bekijk dit dossier"),
        )


def _with_day(card: DossierCard) -> str:
    """Name a dossier with the last day to act, or else with the day since when it waits."""
    newest = card.newest
    values = {"name": _short(card.title, LONGEST_IN_CARD), "day": readable(newest.due or newest.day, "date")}
    if newest.due:
        return _("%(name)s (tegen %(day)s)") % values
    return _("%(name)s (sinds %(day)s)") % values if newest.day else values["name"]


def _title_of(card: DossierCard) -> str:
    """Say which body asks something for which dossier, and until or since when."""
    newest = card.newest
    name, day = _short(card.title, LONGEST_IN_ATTENTION), readable(newest.due or newest.day, "date")
    values = {"body": card.body, "name": name, "day": day}
    if newest.due:
        return _("%(body)s wacht op u: %(name)s (tegen %(day)s)") % values
    if newest.day:
        return _("%(body)s wacht op u: %(name)s (sinds %(day)s)") % values
    return _("%(body)s wacht op u: %(name)s") % values


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _digest(states: bytes) -> str:
    return hashlib.sha256(states).hexdigest()


BLOCK = Block(
    name=NAME,
    order=15,
    find=find,
    unasked=gettext_noop("uw dossiers"),
    template="dossiers/home.html",
    cards=cards,
    rules=(ACTION,),
    seconds=6.0,
)
