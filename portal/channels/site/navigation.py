"""What every page shows around its content: who is signed in, the navigation, the choice of a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from portal.platform.access import return_path
from portal.platform.access.types import Request, Session
from portal.platform.feature import installed
from portal.platform.feature.places import PlaceLink, all_places
from portal.platform.feature.types import Place
from portal.platform.help import entries
from portal.platform.help.types import HelpEntry
from portal.platform.language import offer
from portal.platform.language.current import current
from portal.platform.language.numbers import on_a_bell
from portal.platform.ui.links import links

START = Place(_("Start"), "home:start")
SESSIONS = Place(_("Waar u aangemeld bent"), "entry:own_sessions", under="profile:profile")


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A place in the navigation of one page, and the places of the second level under it.

    current: the value of `aria-current`: "page" for this page, "true" when this page lies below it, else "".
    below:   the items of the second level. unread: how many things there are new to the citizen.
    """

    title: str
    href: str
    current: str
    below: Sequence["NavigationItem"] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Bell:
    """The bell in the header of every page: the address of the notices, and how many are unread, as text.

    current: as in a NavigationItem.
    """

    href: str
    unread: str
    current: str


@dataclass(frozen=True, slots=True)
class SignedInAs:
    """The name of who is signed in, and by which means and assurance, in a sentence."""

    name: str
    how: str


@cache
def levels() -> Sequence[tuple[PlaceLink, Sequence[PlaceLink]]]:
    """List the places of the first level, each with those of the second level under it, of features and channels."""
    # Where a feature's page is the landing page, the start page only leads there and needs no place.
    start = [(START, links.start())] if links.landing() == links.start() else []
    places = [*start, *all_places(), (SESSIONS, links.own_sessions())]
    first = {place.route for place, _href in places if not place.under}
    # A place under one that this portal does not have stands on the first level itself.
    return [
        ((place, href), [link for link in places if link[0].under == place.route])
        for place, href in places
        if place.under not in first
    ]


@cache
def _languages(language: str) -> Sequence[tuple[str, str]]:
    """List the languages that one can change to, each with its code and its name in itself."""
    return [(code, name) for code, name in offer.names().items() if code != language]


def context(request: Request) -> dict[str, Any]:
    """Give all templates the session (None when signed out), the navigation, and the help about this page.

    A context processor (`settings.TEMPLATES`).
    """
    session: Session | None = getattr(request, "session", None)
    always = {
        "languages": _languages(current()),
        "to_come_back": return_path.of_shown(request),
        "questions": _questions(request),
    }
    if session is None:
        return {"session": None, "who": None, "navigation": (), "bell": None, **always}
    page_path = return_path.of_page(request)
    # A page goes to this address by itself when the session ends; the page that says so needs none.
    over = "" if request.path == links.signed_out() else links.session_ended(page_path)
    return {
        "session": session,
        "bell": _bell(session.unread, request.path),
        "who": SignedInAs(session.identity.name, _how(session)),
        "navigation": [_item(link, below, request.path, session.unread) for link, below in levels()],
        "this_page": page_path,
        "session_over": over,
        **always,
    }


def _bell(unread: Mapping[str, int], path: str) -> Bell | None:
    """Make the bell from the counts of features; None in a portal without notices."""
    href = links.notices()
    count = unread.get(_features_that_count().get(href, ""), 0)
    return Bell(href, on_a_bell(count), _current(href, path)) if href else None


def _questions(request: Request) -> Sequence[HelpEntry]:
    match = request.resolver_match
    return entries.about(match.view_name, match.kwargs) if match else ()


def _how(session: Session) -> str:
    means, level = gettext(session.identity.means.label), gettext(session.identity.assurance.label)
    return str(gettext("Aangemeld met %(means)s (veiligheidsniveau %(level)s)")) % {"means": means, "level": level}


@cache
def _features_that_count() -> Mapping[str, str]:
    """Map the address of a feature's first place, which shows its count of new things, to the feature's id."""
    # Reversed, so that of several places of a feature the first remains in the mapping.
    first = {place.route.partition(":")[0]: href for place, href in reversed(all_places())}
    counting = [feature.id for feature in installed.features() if feature.unread]
    return {first[feature_id]: feature_id for feature_id in counting if feature_id in first}


def _item(link: PlaceLink, below: Sequence[PlaceLink], path: str, unread: Mapping[str, int]) -> NavigationItem:
    place, href = link
    items_below = [_item(each, (), path, unread) for each in below]
    current = _current(href, path) or ("true" if any(each.current for each in items_below) else "")
    return NavigationItem(
        gettext(place.title), href, current, items_below, unread.get(_features_that_count().get(href, ""), 0)
    )


def _current(href: str, path: str) -> str:
    """Give `aria-current` of a place: "page" when the path is its address, "true" when it lies below, else ""."""
    return "page" if href == path else "true" if path.startswith(href) and href != links.start() else ""
