"""Decide what a page says of each of somebody's dossiers: its group, its steps, whether a filter lets it through."""

import hashlib
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
from portal.platform.language.texts import translate
from portal.platform.ui import ways
from portal.platform.ui.ways import OutsideLink

from . import section, wording
from .types import Change, Dossier
from .wording import Phase

NEWS = timedelta(days=60)  # for which a change counts as new
LONGEST_BODY = 301  # characters of the name of a body: at most 300 of an unknown one (`reading`), and "…"
LONGEST_NUMBER = 1_000  # characters of a dossier's number by which it is compared; none that is read is as long
LONGEST_TEXT = 100  # characters of a filter that are read
MANY = 50  # dossiers that are worked on in the event loop; more are worked on in a thread (`sources.beside`)

_encode = msgspec.msgpack.Encoder().encode


class Stand(StrEnum):
    """The group in which a page shows a dossier. The value is used in addresses."""

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
    """The choices of a filter by when a dossier changed last."""

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
    """Which dossiers somebody wants to see; "" for all. body: `DossierCard.body_key`. Never printed."""

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
    """A phase among the steps of a dossier. title: its name in Dutch; state: "done", "now" or "later"."""

    title: str
    state: str


@dataclass(frozen=True, slots=True)
class DossierCard:
    """A dossier as pages show it.

    body: the name of its body on the page (`looking.name_of`). handle: the name of the dossier in addresses, for this
    session. stand: its group. steps: empty where the phase is not known. sentence: our sentence for the status, in
    Dutch; "" where only the body's own words are shown. link: where the body shows the dossier.
    reported_at: when its body reported it (UTC), for a dossier that was only reported; None for one of the live
    answer.
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
    def body_key(self) -> str:
        """The id of its body, which is the same in every language; of a body that no manifest knows its name."""
        agency = section.body_of(self.dossier.source)
        return agency.id if agency else self.body

    @property
    def state_name(self) -> str:
        """What it says now, as forms name it: whoever marks this as seen marks no later state. 24 characters."""
        return hashlib.sha256(state_of(self.dossier)).hexdigest()[:24]

    @property
    def reported_on(self) -> str:
        """On which day its body reported it, `YYYY-MM-DD` in Belgium; "" for a dossier of the live answer."""
        return day_here(self.reported_at).isoformat() if self.reported_at else ""

    @property
    def title(self) -> str:
        """The name of the dossier, or else its number."""
        return self.newest.name or self.dossier.number

    @property
    def phase(self) -> Phase | None:
        """The phase of the dossier; None where we do not know it."""
        return wording.phase_of(self.newest)

    @property
    def phase_words(self) -> str:
        """The phase in our words, or in the body's where we do not know it."""
        return wording.PHASES[self.phase] if self.phase else self.newest.phase

    @property
    def at(self) -> int:
        """The number of the present step, from 1; 0 where there are no steps."""
        return next((n for n, step in enumerate(self.steps, 1) if step.state == "now"), 0)

    @property
    def kind(self) -> str:
        """The kind of the dossier (`wording.kind_of`); "" for a plain one."""
        return wording.kind_of(self.newest)


def choice_of(posted: Mapping[str, str]) -> DossierFilter:
    """Read a filter from its form; a value that is none of the choices counts as empty."""
    phase, stand, period = (posted.get(name, "") for name in ("fase", "stand", "periode"))
    return DossierFilter(
        text=typed_text.beginning(posted.get("zoek", ""), most=LONGEST_TEXT),
        body=typed_text.beginning(posted.get("dienst", ""), most=LONGEST_BODY),
        phase=phase if phase in set(Phase) else "",
        stand=stand if stand in set(Stand) else "",
        period=period if period in set(Recency) else "",
    )


def stand_of(dossier: Dossier) -> Stand:
    """Give the group of a dossier; one that asks something of the citizen is in ACTION, whatever its phase."""
    newest = dossier.newest
    if newest.needs_action:
        return Stand.ACTION
    if wording.kind_of(newest) == wording.REFERRAL:
        return Stand.REFERRED
    return Stand.CLOSED if wording.is_closed(newest) else Stand.RUNNING


def steps_of(dossier: Dossier) -> Sequence[DossierStep]:
    """List the phases as steps; empty where the dossier is in no phase that we know."""
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
    """Give bytes that identify a dossier, and stay the same when its body changes it."""
    nameless = "" if dossier.number else f"{dossier.newest.name}\0{dossier.changes[-1].day}"
    return _identity(dossier.source, dossier.number, nameless)


def identity_by_number(source: str, number: str) -> bytes:
    """Give what `identity_of` gives, of a dossier with a number, to callers that know only its `Bron` and number."""
    return _identity(source, number, "")


def _identity(source: str, number: str, nameless: str) -> bytes:
    return _encode((section.spell(source), spell_number(number), nameless))


def key_of(dossier: Dossier) -> tuple[str, str]:
    """Give the source of a dossier and its number, each in one spelling, as `Dossiers.withheld` has them."""
    return section.spell(dossier.source), spell_number(dossier.number)


def spell_number(number: str) -> str:
    """Write a number as the live answer is read: a report has its spaces and accents as its body sent them."""
    return typed_text.beginning(number, most=LONGEST_NUMBER)


def state_of(dossier: Dossier) -> bytes:
    """Give bytes that identify what a dossier says now, and differ once its body changed it."""
    newest = dossier.newest
    action = (newest.needs_action, newest.action, newest.due)
    state = (newest.day, newest.time, newest.status, newest.phase, newest.details, *action, newest.target)
    return _encode((identity_of(dossier), state))


def day_of(dossier: Dossier) -> date | None:
    """Give the first day on which the newest change can have been; None where the year is not known."""
    day = incomplete_date.read(dossier.newest.day)
    return day.earliest() if day else None


def is_over(day: str, today: date) -> bool:
    """Tell whether a day (`Change.day`) is over; where only its month or year is known, whether all of that is."""
    incomplete = incomplete_date.read(day)
    latest = incomplete.latest() if incomplete else None
    return latest is not None and latest < today


def is_ahead(dossier: Dossier, today: date) -> bool:
    """Tell whether the body dated the newest change of a dossier ahead."""
    day = day_of(dossier)
    return day is not None and day > today


def is_recent(dossier: Dossier, today: date) -> bool:
    """Tell whether the newest change of a dossier counts as new."""
    day = day_of(dossier)
    return day is not None and today - NEWS <= day <= today


def is_chosen(card: DossierCard, choice: DossierFilter, today: date) -> bool:
    """Tell whether a filter lets a dossier through; every word must occur in it, whatever its case and accents."""
    # A choice that was sealed before bodies were chosen by their ids has the name.
    if choice.body and fold(choice.body) not in (fold(card.body_key), fold(card.body)):
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
    texts = (
        card.title,
        card.dossier.number,
        card.body,
        # People look for what they read, in the language of the page, and in Dutch for what they read elsewhere.
        *(text for words in (card.sentence, card.phase_words) for text in (words, translate(words))),
        newest.action,
        *newest.details,
    )
    return have_words(texts, words)


def cards_of(
    dossiers: Sequence[Dossier],
    *,
    name_of: Callable[[str], str],
    handle_of: Callable[[bytes], str],
    seen: Callable[[Dossier], bool],
    today: date,
    reported_at: Callable[[bytes], datetime | None] = lambda _: None,
) -> list[DossierCard]:
    """Make the cards of dossiers, in their order.

    name_of: gives the name of a body by its `Bron`. handle_of: gives a dossier's name in addresses, by its identity.
    seen: tells whether the citizen marked it as seen. reported_at: gives `DossierCard.reported_at` by an identity.
    """
    cards = []
    namesakes: Counter[bytes] = Counter()
    for dossier in dossiers:
        identity = identity_of(dossier)
        namesakes[identity] += 1
        # Dossiers without a number can have the same name and day; each needs an address of its own.
        repeats = namesakes[identity] - 1
        cards.append(
            DossierCard(
                dossier,
                name_of(dossier.source),
                handle_of(identity + b"\0%d" % repeats if repeats else identity),
                stand_of(dossier),
                steps_of(dossier),
                wording.sentence_of(dossier.newest),
                ways.link_of(dossier.newest.link),
                is_new=is_recent(dossier, today) and not seen(dossier),
                reported_at=reported_at(identity),
            )
        )
    return cards
