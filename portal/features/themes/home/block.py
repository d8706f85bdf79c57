"""The block of the themes on the home page: a card for each theme, and signals, from one consultation."""

import hashlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import date

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.platform.access.types import SignedInRequest
from portal.platform.feature.home import Block, BlockFinding, Card, Gap, Piece, Rule, Signal
from portal.platform.language.numbers import join_names
from portal.platform.sources import asking, beside, datasets, gaps
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.outcomes import Outcome, facts_of, name_of
from portal.platform.ui.links import links

from .. import framing, queries, section
from ..arranging import rendering
from ..arranging.summary import summary_of
from ..together import gathering
from ..together.differences import comparable, differences_of
from ..types import LOOK, TITLES, Theme
from . import card_lines, endings, troubles
from .card_lines import CardLines, HomeLine

DOCUMENT = Rule(
    "themes.document",
    gettext_noop("Volgens het antwoord van de bron is uw document vervallen, of vervalt het binnen 60 dagen."),
)
DIFFERENCES = Rule("themes.differences", gettext_noop("Twee of meer diensten zeggen iets anders over hetzelfde."))
UNASKED = Rule(
    "themes.unasked",
    gettext_noop("Wij vroegen dit zonet op, en kregen geen antwoord, of maar een deel ervan."),
    is_last=True,
)
STRONGER = Rule(
    "themes.stronger",
    gettext_noop("U meldde zich aan met een middel dat voor die gegevens niet volstaat."),
    is_last=True,
)
DOORS = {
    Theme.FAMILY: gettext_noop("Alles over u en uw gezin"),
    Theme.WORK: gettext_noop("Alles over Werk"),
    Theme.EDUCATION: gettext_noop("Alles over Onderwijs"),
    Theme.BENEFITS: gettext_noop("Alles over Voordelen & belastingen"),
}


def cards() -> Sequence[Card]:
    """Give a card for each theme that has datasets."""
    return [_card(theme) for theme in queries.themes()]


def _card(theme: Theme) -> Card:
    slots = tuple(entry.slug for entry in card_lines.with_lines(queries.of_theme(theme)))
    return Card(
        name=theme,
        title=TITLES[theme],
        href=framing.address_of_theme(theme),
        door=DOORS[theme],
        waiting=gettext_noop("Wij vragen dit nu op…"),
        slots=slots,
        shown=min(len(slots), card_lines.MOST_LINES),
        icon=theme,
        colour=theme,
    )


async def find(request: SignedInRequest) -> AsyncGenerator[BlockFinding]:
    """Ask every source once; as soon as an answer is there, give the pieces and the signals that it makes."""
    again = frozenset(request.GET.getlist("opnieuw"))
    own = of_oneself(request.session, request.occasion, LOOK)
    viewer, today = framing.viewer_of(request.session), timezone.localdate()
    entries = gathering.all_entries()
    of_theme = {theme: card_lines.in_card_order(queries.of_theme(theme)) for theme in queries.themes()}
    lines = {theme: CardLines(card_lines.with_lines(datasets_of)) for theme, datasets_of in of_theme.items()}
    known: dict[str, tuple[DatasetEntry, Outcome]] = {}
    waiting = {entry.name for entry in entries}
    to_compare = [entry.name for entry in comparable(entries)]
    async for entry, outcome in asking.answers(own, datasets.inquiries(entries), again=again):
        known[entry.name] = (entry, outcome)
        waiting.discard(entry.name)
        theme = Theme(section.of(entry).theme)
        if not entry.dataset.history:
            tile = await rendering.arrange(entry, outcome, "lead", viewer)
            is_long = rendering.is_long([(entry, outcome)])
            line = await beside.run(is_long, card_lines.line_of, entry, tile) if facts_of(outcome) else None
            for dataset, decided in lines[theme].take(entry, line):
                yield _line(theme, dataset, known[dataset.name][1], decided)
        for signal in document_signals(entry, outcome, today):
            yield signal
        if not waiting & {dataset.name for dataset in of_theme[theme]}:
            yield _end_of(theme, [known[dataset.name] for dataset in of_theme[theme]])
        if entry.name in to_compare and waiting.isdisjoint(to_compare):
            # In the order of the page and not of arrival: of two datasets from one answer only the first counts.
            compared = [known[name] for name in to_compare]
            for signal in await difference_signals(request.session.identity.insz, compared, today):
                yield signal
    outcomes = [known[entry.name] for entry in entries if entry.name in known]
    for finding in unasked_signals(outcomes, today):
        yield finding
    yield Piece("", "", {"part": "closing", "summary": summary_of(outcomes)})


def _line(theme: Theme, entry: DatasetEntry, outcome: Outcome, line: HomeLine | None) -> Piece:
    """Give what fills the slot of a dataset on a card: its line, or nothing."""
    content = {"part": "line", "line": line, "entry": entry, "outcome": name_of(outcome)}
    return Piece(theme, entry.slug, content if line else None)


def _end_of(theme: Theme, outcomes: Sequence[tuple[DatasetEntry, Outcome]]) -> Piece:
    """Give the end of a card: which answers are missing, and which datasets are empty."""
    empty = troubles.empty_of(outcomes)
    content = {
        "part": "end",
        "troubles": troubles.troubles_of(outcomes),
        "empty": empty,
        "bodies": troubles.without_anything(outcomes),
        "when_nothing": {entry.name: section.of(entry).when_nothing for entry in empty},
    }
    return Piece(theme, "", content)


def document_signals(entry: DatasetEntry, outcome: Outcome, today: date) -> Iterator[Signal]:
    """Signal a document that expired or soon will; what an answer lacks may be a newer one, so it must be whole."""
    document = section.of(entry).document
    if document is None or not gaps.is_whole(outcome):
        return
    ending = endings.ending_of(facts_of(outcome), document, today)
    if ending is None:
        return
    yield Signal(
        rule=DOCUMENT.id,
        # "Expired" is another cause than "expires soon": whoever dismissed that signal still gets this one.
        cause=f"{entry.name} {ending.until.iso()} {ending.is_over}",
        title=endings.ending_words(document.one, ending),
        what=document.renew,
        href=links.dataset(entry),
        label=_("Bekijk uw document"),
    )


async def difference_signals(
    insz: str, outcomes: Sequence[tuple[DatasetEntry, Outcome]], today: date
) -> Sequence[Signal]:
    """Signal that sources contradict each other about the citizen."""
    compared = await beside.run(
        rendering.is_long(outcomes), lambda: differences_of(outcomes, (), insz=insz, today=today).different
    )
    if not compared:
        return ()
    # The cause is made of raw values and datasets, so that it is the same in every language.
    statements = [
        (
            matter.topic,
            msgspec.json.encode(statement.values).decode(),
            sorted(voice.entry.name for voice in statement.voices),
        )
        for matter in compared
        for statement in matter.statements
    ]
    titles = [_(matter.title) for matter in compared]
    return [
        Signal(
            rule=DIFFERENCES.id,
            cause=hashlib.sha256(msgspec.json.encode(sorted(statements))).hexdigest(),
            title=_("Diensten zeggen niet hetzelfde over: %(what)s.") % {"what": join_names(titles)},
            what=_("Soms is dat geen fout. Kijk na wat klopt, en wie het kan verbeteren."),
            href=reverse("themes:differences"),
            label=_("Bekijk de verschillen"),
        )
    ]


def unasked_signals(outcomes: Sequence[tuple[DatasetEntry, Outcome]], today: date) -> Iterator[Signal | Gap]:
    """Signal that answers are missing or partial, with one button that asks for all of them again."""
    missing = [(entry, outcome) for entry, outcome in outcomes if not gaps.is_whole(outcome)]
    if not missing:
        return
    yield Gap()
    bodies = list(dict.fromkeys(entry.agency.words.mention for entry, _outcome in missing))
    cause = " ".join(sorted(f"{entry.name} {troubles.cause_of(outcome, today)}" for entry, outcome in missing))
    if all(gaps.needs_surer_sign_in(outcome) for _entry, outcome in missing):
        yield _stronger(cause)
        return
    yield Signal(
        rule=UNASKED.id,
        cause=cause,
        title=ngettext(
            "Wij kregen niet alles van %(body)s.", "Wij kregen niet alles van %(count)s diensten.", len(bodies)
        )
        % {"count": len(bodies), "body": bodies[0]},
        what=_("Niet of niet volledig gekregen: %(titles)s. Dat betekent niet dat er geen gegevens zijn.")
        % {"titles": join_names([entry.words.title for entry, _outcome in missing])},
        again=tuple(entry.name for entry, outcome in missing if gaps.may_help_to_ask_again(outcome)),
        tells_gap=True,
    )


def _stronger(cause: str) -> Signal:
    """Signal that some data need a surer means of signing in."""
    return Signal(
        rule=STRONGER.id,
        cause=cause,
        title=_("Meld u aan met een sterker middel om alles te zien."),
        what=_("Voor een deel van uw gegevens moet u aangemeld zijn met itsme of eID en kaartlezer."),
        href=links.sign_in_anew(links.start()),
        label=_("Meld u opnieuw aan"),
        tells_gap=True,
    )


BLOCK = Block(
    name="themas",
    order=10,
    find=find,
    unasked=gettext_noop("uw gegevens"),
    template="themes/home.html",
    cards=cards,
    rules=(DOCUMENT, DIFFERENCES, UNASKED, STRONGER),
    # The consultation has its own budget (`asking.SECONDS`); the rest is for our own work around it.
    seconds=asking.SECONDS + 5,
)
