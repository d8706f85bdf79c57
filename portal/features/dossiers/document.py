"""The text of a dossier's PDF: what holds now, what is expected, its whole history, and who handles it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.template.loader import get_template
from django.utils.translation import gettext as _
from lxml import html

from portal.platform.language.dates import day_here, moment
from portal.platform.language.texts import translate
from portal.platform.paper.document import DocumentSection, document, visible_text
from portal.platform.ui.values import readable

from . import rules, wording
from .rules import DossierCard
from .types import Change

MOST_CHANGES = 200  # in the PDF; the page has all


def of_dossier(card: DossierCard, context: Mapping[str, Any], *, citizen_name: str, now: datetime) -> dict[str, Any]:
    """Make the document (`paper.document`) of one dossier.

    context: what `troubles.context_of` says of the answer.
    """
    group = _group(card, context, day_here(now))
    return document([group], title=card.title or _("Dossier zonder naam"), who=citizen_name, now=now)


def _group(card: DossierCard, context: Mapping[str, Any], today: date) -> dict[str, Any]:
    newest, changes = card.newest, card.dossier.changes
    after = wording.next_of(newest)
    asked_at = context["outcome"].asked_at
    foot = _("Bron: %(source)s") % {"source": card.body}
    if card.reported_on:
        foot += " · " + _("gemeld op %(day)s") % {"day": readable(card.reported_on, "date")}
    elif asked_at is not None:
        foot += " · " + _("opgehaald op %(when)s") % {"when": moment(asked_at)}
    history = [
        [_when(change), " ".join((*_state(change), *_required_action(change), *_earlier_name(change, newest.name)))]
        for change in changes[:MOST_CHANGES]
    ]
    nobody = [] if newest.contact else [_("De dienst zegt niet wie uw dossier behandelt.")]
    sections = [
        *([_section(_("Wat u moet doen"), list(_expected(card, today)))] if newest.needs_action else ()),
        _section(_("Nummer en contact"), nobody, list(_contact(card))),
        *([_section(_("Wat komt hierna?"), [translate(after)])] if after else ()),
        _section(_("Wat er al gebeurde"), facts=history),
    ]
    if len(changes) > MOST_CHANGES:
        sections.append(_section("", [_("Er zijn er meer. De rest staat op de pagina zelf.")]))
    block = {
        "title": visible_text((card.phase_words and translate(card.phase_words)) or _("Uw dossier")),
        "paragraphs": [
            visible_text(line)
            for line in (*_report_lines(card), *_state(newest), _since(newest, today), *_difference_lines(card))
            if line
        ],
        "sections": sections,
        "trouble": _trouble(context) if context["name"] == "partial" else [],
        "foot": visible_text(foot),
    }
    kind = translate(wording.KINDS[card.kind]) if card.kind else ""
    return {"title": visible_text(" · ".join(part for part in (card.body, kind) if part)), "blocks": [block]}


def _expected(card: DossierCard, today: date) -> Iterator[str]:
    """Say what the body asks of the citizen now, until when, and where they do it."""
    newest = card.newest
    yield newest.action or _("De dienst vraagt iets van u, maar zegt hier niet wat. Kijk het na bij de dienst.")
    if newest.due:
        until = _("Ten laatste op %(day)s.") % {"day": readable(newest.due, "date")}
        is_over = rules.is_over(newest.due, today)
        yield f"{until} {_('Die dag is voorbij: neem contact op met de dienst.')}" if is_over else until
    if not card.link:
        yield _("U doet dat bij de dienst: hieronder staat hoe u hem bereikt.")


def _state(change: Change) -> list[str]:
    """Say how far a dossier is after a change; beside our own sentence, the body's words are marked as theirs."""
    if sentence := wording.sentence_of(change):
        return [translate(sentence), *(f"{_('De dienst schrijft:')} {detail}" for detail in change.details)]
    if change.details:
        return list(change.details)
    if change.status:
        return [_("De dienst noemt deze stand “%(status)s”.") % {"status": change.status}]
    if wording.kind_of(change) == wording.REFERRAL:
        return [_("Hoever dit staat, ziet u alleen bij de dienst zelf.")]
    return [_("De dienst zegt niet hoever dit dossier staat.")]


def _required_action(change: Change) -> Iterator[str]:
    if change.needs_action:
        yield f"{_('U moest iets doen:')} {change.action or '…'}"


def _earlier_name(change: Change, name: str) -> Iterator[str]:
    """Say what a dossier was called at a change, where that is not its name now."""
    if change.name and change.name != name:
        yield f"{_('Toen heette dit dossier:')} {change.name}"


def _report_lines(card: DossierCard) -> Iterator[str]:
    if card.reported_on:
        values = {"body": card.body, "day": readable(card.reported_on, "date")}
        by_whom = _("Gemeld door %(body)s op %(day)s.") % values
        not_asked = _(
            "Dit is wat de dienst ons toen zelf liet weten. Wij vroegen het nu niet na, dus het kan intussen "
            "veranderd zijn."
        )
        yield f"{by_whom} {not_asked}"


def _difference_lines(card: DossierCard) -> Iterator[str]:
    if card.dossier.is_contested:
        yield _("Voor hetzelfde moment gaf de dienst nog een andere stand door. Die staat in de geschiedenis.")


def _since(change: Change, today: date) -> str:
    since = _("De dienst zegt niet sinds wanneer.")
    if change.day:
        since = _("Sinds %(day)s") % {"day": readable(change.day, "date")}
        if change.day > today.isoformat():
            since += f" ({_('die dag moet nog komen')})"
    expected = [
        words % {"day": readable(day, "date")}
        for words, day in (
            # Where something is asked of the citizen, this day stands under "Wat u moet doen".
            (_("streefdatum voor deze stap: %(day)s"), "" if change.needs_action else change.due),
            (_("verwacht op %(day)s"), change.target),
        )
        if day
    ]
    return " · ".join((since, *_until(change, today), *expected))


def _until(change: Change, today: date) -> Iterator[str]:
    if change.until:
        words = _("tot %(day)s om %(time)s") if change.until_time else _("tot en met %(day)s")
        until = words % {"day": readable(change.until, "date"), "time": change.until_time}
        yield f"{until} ({_('die dag is voorbij')})" if rules.is_over(change.until, today) else until


def _when(change: Change) -> str:
    phase = wording.phase_of(change)
    words = translate(wording.PHASES[phase]) if phase else change.phase
    day = readable(change.day, "date") if change.day else _("datum onbekend")
    return " · ".join(part for part in (day, change.time, words) if part)


def _contact(card: DossierCard) -> Iterator[list[str]]:
    contact = card.newest.contact
    if card.dossier.number:
        yield [_("Dossiernummer"), card.dossier.number]
    if contact:
        rows = (
            (_("Wie het behandelt"), ", ".join(part for part in (contact.name, contact.service) if part)),
            (_("Telefoon"), " · ".join(number for number in (contact.phone, contact.mobile) if number)),
            (_("E-mail"), contact.email),
            (_("Adres"), contact.address),
            (_("Website"), contact.website),
        )
        yield from ([label, value] for label, value in rows if value)
    if card.link:
        yield [_("Uw dossier bij de dienst"), card.link.address]
    elif card.newest.link:
        yield [_("Uw dossier bij de dienst"), card.newest.link]
    if card.newest.extra:
        yield [_("Meer hierover"), card.newest.extra]


def _section(heading: str, lines: Sequence[str] = (), facts: Sequence[Sequence[str]] = ()) -> DocumentSection:
    rows = [[visible_text(label), visible_text(value)] for label, value in facts]
    return {
        "heading": visible_text(heading),
        "level": 4,
        "lines": [visible_text(line) for line in lines],
        "facts": [rows] if rows else [],
    }


def _trouble(context: Mapping[str, Any]) -> list[str]:
    """Give the sentences on what is missing, read from the page's own template."""
    rendered = get_template("dossiers/_trouble.html").render(dict(context))
    paragraphs = html.fragment_fromstring(str(rendered), create_parent="div").iter("p")
    return [visible_text("".join(paragraph.itertext())) for paragraph in paragraphs]
