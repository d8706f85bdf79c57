"""What the pages of themes share: breadcrumbs, the viewer, and the text about a dataset that is the same for all."""

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
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.ui.links import links

from . import section
from .types import TITLES, Depth, ListFilter, Theme, Viewer

OVERVIEW = _("Uw gegevens")

Crumb = dict[str, str]


@cache
def address_of_theme(theme: Theme) -> str:
    """Give the address of a theme; it is looked up once, as each overview links to all themes."""
    return str(reverse("themes:theme", kwargs={"theme": theme}))


def trail(*below: Crumb) -> Sequence[Crumb]:
    """Give the breadcrumbs of a page below the overview; the page itself comes last, without a link."""
    return [{"title": OVERVIEW, "href": links.overview()}, *below]


def crumbs(theme: Theme, *below: Crumb) -> Sequence[Crumb]:
    """Give the breadcrumbs of a page in a theme; the page itself comes last, without a link."""
    return trail({"title": TITLES[theme], "href": address_of_theme(theme) if below else ""}, *below)


def crumbs_of(entry: DatasetEntry, *below: Crumb) -> Sequence[Crumb]:
    """Give the breadcrumbs of a dataset's page, or of a page below that."""
    href = links.dataset(entry) if below else ""
    return crumbs(Theme(section.of(entry).theme), {"title": entry.words.title, "href": href}, *below)


class PageStart(NamedTuple):
    """Where the page of a long answer begins. dataset: AGENCY.DATASET; at: the number of a part, from 0."""

    dataset: str = ""
    at: int = 0


def page_start_of(request: SignedInRequest) -> PageStart:
    """Read from the address where the page begins; a value that makes no sense counts as absent."""
    dataset, _, at = request.GET.get("vanaf", "").rpartition(":")
    return PageStart(dataset, int(at)) if at.isascii() and at.isdigit() and len(at) < 8 else PageStart()


def viewer_of(session: Session, choice: ListFilter | None = None) -> Viewer:
    """Describe a citizen who looks at their own data, with the filter of a list (`choice`) if there is one."""
    return Viewer(
        number=session.identity.insz,
        address_of=lambda number: reverse("themes:child", kwargs={"handle": sessions.person_handle(session, number)}),
        today=timezone.localdate(),
        # A page can have a hundred items: joining two strings is cheaper than `reverse`.
        item_address=lambda entry, item: f"{links.dataset(entry)}{sessions.item_handle(session, item)}/",
        choice=choice or ListFilter(),
    )


def about(name: str, depth: Depth = "all") -> SafeString:
    """Render the text about a dataset that is the same for everyone, once a language: it is nearly half of a tile."""
    return _about(name, depth == "theme", current())


@cache
def _about(name: str, explains: bool, language: str) -> SafeString:
    entry = catalogue.installed().entry(name)
    assert entry is not None  # noqa: S101 - whoever asks has it from there
    return about_to(entry, explains=explains)


def about_to(entry: DatasetEntry, *, is_parent: bool = False, explains: bool = False) -> SafeString:
    """Render the text about a dataset, for the citizen or a parent; explains: with the manifest's explanation."""
    keys = section.of(entry)
    explanation = keys.explanation if explains else ""
    context = {"entry": entry, "words": keys.about, "explanation": explanation, "is_about_child": is_parent}
    return mark_safe(get_template("themes/about.html").render(context))  # noqa: S308 - our template escaped it
