"""Decide what a page says of each of somebody's dossiers: its group, its steps, and whether a filter leaves it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.kit import incomplete_date, typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.dates import day_here
from portal.platform.ui import ways
from portal.platform.ui.ways import OutsideLink

from . import section, wording
from .types import Change, Dossier
from .wording import Phase

NEWS = timedelta(days=60)  # after which a change is no news any more
LONGEST_BODY = 301  # characters of the name of a body: a stranger's own, with the sign that it was cut
LONGEST_TEXT = 100  # characters of a filter that are read

_encode = msgspec.msgpack.Encoder().encode


class Stand(StrEnum):
    """In which of its groups a page shows a dossier. The value stands in addresses."""

    ACTION = "actie"
    RUNNING = "lopend"
    REFERRED = "verwijzing"
    CLOSED = "afgerond"


TITLES: Mapping[Stand, str] = {
    Stand.ACTION: _("Hier moet u iets voor doen"),
    Stand.RUNNING: _("Lopend"),
    Stand.REFERRED: _("Te volgen bij de dienst zelf"),
    Stand.CLOSED: _("Afgerond"),
}


class Recency(StrEnum):
    """When a dossier changed last, as a filter says it."""

    ANY = ""
    MONTH = "maand"
    YEAR = "jaar"
    OLDER = "ouder"


PERIODS: Mapping[Recency, str] = {
    Recency.ANY: _("Altijd"),
    Recency.MONTH: _("De laatste 30 dagen"),
    Recency.YEAR: _("Het laatste jaar"),
    Recency.OLDER: _("Langer dan een jaar geleden"),
}


class DossierFilter(Unprinted, frozen=True):
    """Which dossiers somebody wants to see; "" for all. body: by its name on the page. Never printed."""

    text: str = ""
    body: str = ""
    phase: str = ""
    stand: str = ""
    period: str = ""

    @property
    def is_made(self) -> bool:
        """Whether anything is left out."""
        return any((self.text, self.body, self.phase, self.stand, self.period))


class DossierStep(NamedTuple):
    """A phase among the steps of a dossier. state: done, now or later."""

    title: str
    state: str


@dataclass(frozen=True, slots=True)
class DossierCard:
    """A dossier as pages show it.

    body: the name of its body, or the source's own for a stranger; "" where nobody is named. handle: its name in
    addresses of the session. mark: what a mark that it was seen is made of. stand: its group. steps: none where the
    phase is not known. sentence: of ours, in Dutch; "" where the body's own words say it.
    reported_at: when its body reported it (UTC), for one that nobody was asked about; None for what was asked.
    """

    dossier: Dossier
    body: str
    handle: str
    stand: Stand
    steps: Sequence[DossierStep]
    sentence: str
    link: OutsideLink | None
    is_new: bool = False
    reported_at: datetime | None = None

    @property
    def newest(self) -> Change:
        """What holds now."""
        return self.dossier.newest

    @property
    def reported_on(self) -> str:
        """On which day its body reported it, `YYYY-MM-DD` in Belgium; "" for what was asked."""
        return day_here(self.reported_at).isoformat() if self.reported_at else ""

    @property
    def title(self) -> str:
        """What it is called; the number where it has no name."""
        return self.newest.name or self.dossier.number

    @property
    def phase(self) -> Phase | None:
        """In which phase it is."""
        return wording.phase_of(self.newest)

    @property
    def phase_words(self) -> str:
        """Its phase in our words, or in the body's where we do not know it."""
        return wording.PHASES[self.phase] if self.phase else self.newest.phase

    @property
    def at(self) -> int:
        """Which of its steps it is at, from 1; 0 where it has none."""
        return next((n for n, step in enumerate(self.steps, 1) if step.state == "now"), 0)

    @property
    def kind(self) -> str:
        """What it is, where that is more than a dossier."""
        return wording.kind_of(self.newest)


def choice_of(posted: Mapping[str, str]) -> DossierFilter:
    """Read what somebody wants to see from its form; what makes no sense counts as not said."""
    phase, stand, period = (posted.get(name, "") for name in ("fase", "stand", "periode"))
    return DossierFilter(
        text=typed_text.beginning(posted.get("zoek", ""), most=LONGEST_TEXT),
        body=typed_text.beginning(posted.get("dienst", ""), most=LONGEST_BODY),
        phase=phase if phase in set(Phase) else "",
        stand=stand if stand in set(Stand) else "",
        period=period if period in set(Recency) else "",
    )


def stand_of(dossier: Dossier) -> Stand:
    """Tell in which group a dossier stands: what asks something first, whatever its phase."""
    newest = dossier.newest
    if newest.needs_action:
        return Stand.ACTION
    if wording.kind_of(newest) == wording.REFERRAL:
        return Stand.REFERRED
    return Stand.CLOSED if wording.is_closed(newest) else Stand.RUNNING


def steps_of(dossier: Dossier) -> Sequence[DossierStep]:
    """Draw the phases as steps; none where the dossier is in no phase that we know."""
    now = wording.phase_of(dossier.newest)
    if now is None:
        return ()
    phases = wording.phases_of(dossier.changes)
    at = phases.index(now)
    return [
        DossierStep(wording.PHASES[phase], "done" if n < at else "now" if n == at else "later")
        for n, phase in enumerate(phases)
    ]


def identity_of(dossier: Dossier) -> bytes:
    """Name a dossier: the same when it is asked anew, whatever was said of it meanwhile."""
    nameless = "" if dossier.number else f"{dossier.newest.name}\0{dossier.changes[-1].day}"
    return _identity(dossier.source, dossier.number, nameless)


def identity_by_number(source: str, number: str) -> bytes:
    """Name a dossier that has a number as `identity_of` does, by what others know of it."""
    return _identity(source, number, "")


def _identity(source: str, number: str, nameless: str) -> bytes:
    return _encode((section.spell(source), number, nameless))


def key_of(dossier: Dossier) -> tuple[str, str]:
    """Name a dossier by its source, in one spelling, and its number."""
    return section.spell(dossier.source), dossier.number


def state_of(dossier: Dossier) -> bytes:
    """Name what a dossier says now: another once its body changed it."""
    newest = dossier.newest
    asked = (newest.needs_action, newest.action, newest.due)
    said = (newest.day, newest.time, newest.status, newest.phase, newest.details, *asked, newest.target)
    return _encode((identity_of(dossier), said))


def day_of(dossier: Dossier) -> date | None:
    """Find the first day on which its newest change can have been; None where that is not known."""
    day = incomplete_date.read(dossier.newest.day)
    return day.earliest() if day else None


def is_over(day: str, today: date) -> bool:
    """Tell whether a day is over; one of which only the month or the year is known, when all of that is."""
    read = incomplete_date.read(day)
    latest = read.latest() if read else None
    return latest is not None and latest < today


def is_ahead(dossier: Dossier, today: date) -> bool:
    """Tell whether its body dated its newest change ahead."""
    day = day_of(dossier)
    return day is not None and day > today


def is_recent(dossier: Dossier, today: date) -> bool:
    """Tell whether its newest change is still news."""
    day = day_of(dossier)
    return day is not None and today - NEWS <= day <= today


def is_chosen(card: DossierCard, choice: DossierFilter, today: date) -> bool:
    """Tell whether a filter leaves a dossier; every word must occur in it, whatever the case and the accents."""
    if choice.body and fold(card.body) != fold(choice.body):
        return False
    if choice.phase and card.phase != choice.phase:
        return False
    if choice.stand and card.stand != choice.stand:
        return False
    if choice.period and not _is_within(card.dossier, Recency(choice.period), today):
        return False
    words = fold(choice.text).split()
    return not words or _has(card, words)


def _is_within(dossier: Dossier, period: Recency, today: date) -> bool:
    day = day_of(dossier)
    if day is None:
        return False
    if period is Recency.MONTH:
        return day >= today - timedelta(days=30)
    is_this_year = day >= today - timedelta(days=365)
    return is_this_year if period is Recency.YEAR else not is_this_year


def _has(card: DossierCard, words: Collection[str]) -> bool:
    newest = card.newest
    said = (
        card.title,
        card.dossier.number,
        card.body,
        card.sentence,
        card.phase_words,
        newest.action,
        *newest.details,
    )
    return have_words(said, words)


def cards_of(
    dossiers: Sequence[Dossier],
    *,
    name_of: Callable[[str], str],
    handle_of: Callable[[bytes], str],
    seen: Callable[[Dossier], bool],
    today: date,
    reported_at: Callable[[bytes], datetime | None] = lambda _: None,
) -> list[DossierCard]:
    """Make the cards of dossiers. name_of: of a body, by its `Bron`.

    reported_at: when a dossier, by its identity, was reported; None for what was asked.
    """
    made = []
    namesakes: Counter[bytes] = Counter()
    for dossier in dossiers:
        identity = identity_of(dossier)
        namesakes[identity] += 1
        # Of dossiers without a number two can have one name and day: each has an address all the same.
        again = namesakes[identity] - 1
        made.append(
            DossierCard(
                dossier,
                name_of(dossier.source),
                handle_of(identity + b"\0%d" % again if again else identity),
                stand_of(dossier),
                steps_of(dossier),
                wording.sentence_of(dossier.newest),
                ways.link_of(dossier.newest.link),
                is_new=is_recent(dossier, today) and not seen(dossier),
                reported_at=reported_at(identity),
            )
        )
    return made
