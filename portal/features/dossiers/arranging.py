"""Arrange somebody's dossiers on a page: in groups, of very many a part, those that do not fit in a fold.

A fold (`<details>`) says how many dossiers it holds. The browser's search finds them there, and they are printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portal.platform.kit.folding import fold

from . import rules
from .rules import TITLES, DossierCard, DossierFilter, Stand
from .wording import Phase

MOST_SHOWN = 150  # dossiers on one page, which then weighs less than 200 kB
LONG = 8  # dossiers; more than that can be filtered
MOST_OPEN = 10  # dossiers of a group that stand open, if they fit
# Heights on a phone 360 px wide, in px. ROOM: of all open dossiers together, so that no page is higher than 5,500 px.
# OF_GROUP: of a group's heading and fold. OF_FILTER: of an open filter. OF_CARD: of a card without its texts.
# OF_ALARM, OF_NEW: what a card adds that asks something of the citizen, or is new.
ROOM = 4200
OF_GROUP, OF_FILTER = 125, 460
OF_CARD, OF_ALARM, OF_NEW = 125, 62, 48
# The height of a line of text in px, and how many characters stand on a line of text and on one of a title.
LINE, LETTERS, IN_TITLE = 27, 30, 26


class DossierGroup(NamedTuple):
    """Dossiers of one group, under one heading. first: those that are open, possibly none; folded: the others."""

    stand: Stand
    title: str
    first: Sequence[DossierCard]
    folded: Sequence[DossierCard]

    @property
    def total(self) -> int:
        """How many dossiers the group has."""
        return len(self.first) + len(self.folded)


@dataclass(frozen=True, slots=True)
class ArrangedDossiers:
    """The dossiers of a page.

    total: how many there are; found: how many the filter lets through; begins, ends: which of those, counted from 0,
    this page shows. bodies, phases: the choices of the filter, of bodies the name by `DossierCard.body_key`. news:
    those of this page that are new; counts: how many are in each group.
    """

    groups: Sequence[DossierGroup]
    choice: DossierFilter
    total: int
    found: int
    begins: int
    ends: int
    bodies: Mapping[str, str] = field(default_factory=dict)
    phases: Sequence[Phase] = ()
    news: Sequence[DossierCard] = ()
    counts: Mapping[Stand, int] = field(default_factory=dict)

    @property
    def can_be_filtered(self) -> bool:
        """Whether there are so many that a filter helps."""
        return self.total > LONG or self.choice.is_made


def arrange(cards: Sequence[DossierCard], choice: DossierFilter, today: date, begins: int = 0) -> ArrangedDossiers:
    """Arrange the cards that a filter lets through in groups; of very many, those from index `begins` on."""
    chosen = [card for card in cards if rules.is_chosen(card, choice, today)]
    order = list(Stand)
    # The sort is stable: in each group the one that changed last stays first.
    chosen.sort(key=lambda card: order.index(card.stand))
    begins = begins if begins < len(chosen) else 0
    shown = chosen[begins : begins + MOST_SHOWN]
    of_stands = {stand: [card for card in shown if card.stand is stand] for stand in Stand}
    groups = _groups(
        [(stand, cards_of_stand) for stand, cards_of_stand in of_stands.items() if cards_of_stand], choice
    )
    phases = {card.phase for card in cards}
    bodies = {card.body_key: card.body for card in cards if card.body}
    return ArrangedDossiers(
        groups,
        choice,
        total=len(cards),
        found=len(chosen),
        begins=begins,
        ends=begins + len(shown),
        bodies=dict(sorted(bodies.items(), key=lambda body: fold(body[1]))),
        phases=[phase for phase in Phase if phase in phases],
        news=[card for card in shown if card.is_new],
        counts={stand: sum(card.stand is stand for card in cards) for stand in Stand},
    )


def height_of(card: DossierCard) -> int:
    """Estimate how high a card is on a small phone, in px."""
    newest = card.newest
    body = f"{card.body} {card.kind}{' ' * (LETTERS // 2) if card.is_new else ''}"
    when = f"{newest.day}{newest.until}{newest.until_time}{newest.due}{newest.target}"
    texts = [body, card.sentence, when, *newest.details]
    if newest.needs_action:
        texts.append(f"Wat u moet doen: {newest.action}{' Ten laatste op die dag.' if newest.due else ''}")
    lines = -(-len(card.title) // IN_TITLE) + sum(-(-len(text) // LETTERS) for text in texts)
    return LINE * lines + OF_CARD + OF_ALARM * newest.needs_action + OF_NEW * card.is_new


def _groups(by_stand: Sequence[tuple[Stand, Sequence[DossierCard]]], choice: DossierFilter) -> list[DossierGroup]:
    """Open dossiers until ROOM is used up, and fold the others; the very first dossier is open in any case."""
    room = ROOM - OF_GROUP * len(by_stand) - OF_FILTER * choice.is_made
    groups: list[DossierGroup] = []
    for stand, cards in by_stand:
        open_cards = 0
        for card in cards[:MOST_OPEN]:
            room -= height_of(card)
            if room < 0 and (groups or open_cards):
                break
            open_cards += 1
        groups.append(DossierGroup(stand, TITLES[stand], cards[:open_cards], cards[open_cards:]))
    return groups
