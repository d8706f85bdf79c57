"""What pages about a citizen's data share: where they stand, who looks, what is the same for everyone."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop as _

from portal.platform.access import sessions
from portal.platform.access.types import Session, SignedInRequest
from portal.platform.language.current import current
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import Entry
from portal.platform.ui.links import links

from . import section
from .types import TITLES, Choice, Look, Theme

OVERVIEW = _("Uw gegevens")

Crumb = dict[str, str]


@cache
def address_of_theme(theme: Theme) -> str:
    """Find the page of a theme once: each overview leads to all of them."""
    return str(reverse("themes:theme", kwargs={"theme": theme}))


def trail(*below: Crumb) -> Sequence[Crumb]:
    """Say where a page below the overview stands; the page itself comes last, unlinked."""
    return [{"title": OVERVIEW, "href": links.overview()}, *below]


def crumbs(theme: Theme, *below: Crumb) -> Sequence[Crumb]:
    """Say where a page stands: the overview, its theme, and what is below; the page itself comes last, unlinked."""
    return trail({"title": TITLES[theme], "href": address_of_theme(theme) if below else ""}, *below)


def crumbs_of(entry: Entry, *below: Crumb) -> Sequence[Crumb]:
    """Say where a page of a dataset, or one below it, stands."""
    href = links.dataset(entry) if below else ""
    return crumbs(Theme(section.of(entry).theme), {"title": entry.words.title, "href": href}, *below)


class Begins(NamedTuple):
    """Which part of one long answer a page begins with: AGENCY.DATASET, and the part, from 0."""

    dataset: str = ""
    at: int = 0


def begins_of(request: SignedInRequest) -> Begins:
    """Read it from the address, where links of ours put it; what makes no sense counts as not said."""
    dataset, _, at = request.GET.get("vanaf", "").rpartition(":")
    return Begins(dataset, int(at)) if at.isascii() and at.isdigit() and len(at) < 8 else Begins()


def look(session: Session, choice: Choice | None = None) -> Look:
    """Say who looks, where they find the profile of a child and the page of an item, and which list they filter."""
    return Look(
        number=session.identity.insz,
        address_of=lambda number: reverse("themes:child", kwargs={"handle": sessions.person_handle(session, number)}),
        today=timezone.localdate(),
        # Put together, not looked up: a page can have a hundred.
        item_address=lambda entry, item: f"{links.dataset(entry)}{sessions.item_handle(session, item)}/",
        choice=choice or Choice(),
    )


def about(name: str) -> SafeString:
    """Render what is the same for everyone once, for each language: it is nearly half of a tile."""
    return _about(name, current())


@cache
def _about(name: str, language: str) -> SafeString:
    entry = catalogue.installed().entry(name)
    assert entry is not None  # whoever asks has it from there  # noqa: S101
    return about_to(entry)


def about_to(entry: Entry, *, is_parent: bool = False) -> SafeString:
    """Render it for who looks: at their own data, or at a child's."""
    context = {"entry": entry, "words": section.of(entry).about, "is_about_child": is_parent}
    # Our own template, escaped as it was rendered.
    return mark_safe(get_template("themes/about.html").render(context))  # noqa: S308
