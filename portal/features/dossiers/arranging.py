"""Arrange somebody's dossiers on a page: in groups, a part at a time of very many, folded where they do not fit.

A fold says how many dossiers it holds; the browser's search finds them, they are printed, and the page of each leads
back to it.
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
# Heights on a phone of 360 px, in px: of all that stands open, so that no page is higher than 5,500 px; of a group's
# heading and fold; of an open filter; of what every card has, and what a card adds that asks something or is new.
ROOM = 4200
OF_GROUP, OF_FILTER = 125, 460
OF_CARD, OF_ALARM, OF_NEW = 125, 62, 48
# The height of a line of text in px, and how many characters stand on a line of text and on one of a title.
LINE, LETTERS, IN_TITLE = 27, 30, 26


class DossierGroup(NamedTuple):
    """Dossiers in one state, under one heading. first: those that stand open, possibly none; folded: the rest."""

    stand: Stand
    title: str
    first: Sequence[DossierCard]
    folded: Sequence[DossierCard]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.folded)


@dataclass(frozen=True, slots=True)
class ArrangedDossiers:
    """The dossiers of a page.

    total: how many there are; found: how many the filter leaves; begins, ends: which part of those this page shows.
    bodies, phases: the choices of the filter. news: how many are new; counts: how many are in each state.
    """

    groups: Sequence[DossierGroup]
    choice: DossierFilter
    total: int
    found: int
    begins: int
    ends: int
    bodies: Sequence[str] = ()
    phases: Sequence[Phase] = ()
    news: int = 0
    counts: Mapping[Stand, int] = field(default_factory=dict)

    @property
    def can_be_filtered(self) -> bool:
        """Whether there are so many that a filter helps."""
        return self.total > LONG or self.choice.is_made


def arrange(cards: Sequence[DossierCard], choice: DossierFilter, today: date, begins: int = 0) -> ArrangedDossiers:
    """Arrange the cards that a filter leaves in groups; of very many, those from number `begins` on."""
    found = [card for card in cards if rules.is_chosen(card, choice, today)]
    order = list(Stand)
    found.sort(key=lambda card: order.index(card.stand))  # stable: in each group the last changed first
    begins = begins if begins < len(found) else 0
    shown = found[begins : begins + MOST_SHOWN]
    of_stands = {stand: [card for card in shown if card.stand is stand] for stand in Stand}
    groups = _groups([(stand, several) for stand, several in of_stands.items() if several], choice)
    phases = {card.phase for card in cards}
    return ArrangedDossiers(
        groups,
        choice,
        total=len(cards),
        found=len(found),
        begins=begins,
        ends=begins + len(shown),
        bodies=sorted({card.body for card in cards if card.body}, key=fold),
        phases=[phase for phase in Phase if phase in phases],
        news=sum(card.is_new for card in cards),
        counts={stand: sum(card.stand is stand for card in cards) for stand in Stand},
    )


def height_of(card: DossierCard) -> int:
    """Estimate how high a card is on a small phone, in px."""
    newest = card.newest
    body = f"{card.body} {card.kind}{' ' * (LETTERS // 2) if card.is_new else ''}"
    when = f"{newest.day}{newest.due}{newest.target}"
    texts = [body, card.sentence, when, *newest.details]
    if newest.needs_action:
        texts.append(f"Wat u moet doen: {newest.action}{' Ten laatste op die dag.' if newest.due else ''}")
    lines = -(-len(card.title) // IN_TITLE) + sum(-(-len(text) // LETTERS) for text in texts)
    return LINE * lines + OF_CARD + OF_ALARM * newest.needs_action + OF_NEW * card.is_new


def _groups(several: Sequence[tuple[Stand, Sequence[DossierCard]]], choice: DossierFilter) -> list[DossierGroup]:
    """Fold what does not fit, from the last dossier back; the first dossier stands open in any case."""
    room = ROOM - OF_GROUP * len(several) - OF_FILTER * choice.is_made
    groups: list[DossierGroup] = []
    for stand, cards in several:
        open_cards = 0
        for card in cards[:MOST_OPEN]:
            room -= height_of(card)
            if room < 0 and (groups or open_cards):
                break
            open_cards += 1
        groups.append(DossierGroup(stand, TITLES[stand], cards[:open_cards], cards[open_cards:]))
    return groups
