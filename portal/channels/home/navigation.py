"""What every page shows around its content: who is here, and where one can go."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from portal.platform.access import return_path
from portal.platform.access.types import Request, Session
from portal.platform.feature import installed
from portal.platform.feature.types import Place
from portal.platform.language import offer
from portal.platform.language.current import current
from portal.platform.ui.links import links

from . import help_entries


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as one page shows it. `current`: "page" when it is this one, "true" when this one lies below it."""

    title: str
    href: str
    current: str


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in, and how, in words."""

    name: str
    how: str


@cache
def places() -> Sequence[tuple[Place, str]]:
    """List every place of every feature with its address, in the order of the features."""
    return [
        (place, reverse(place.route, kwargs=dict(place.arguments)))
        for feature in installed.features()
        for place in feature.navigation()
    ]


@cache
def _languages(language: str) -> Sequence[tuple[str, str]]:
    """Name the languages that one can change to, each in its own words."""
    return [(code, name) for code, name in offer.names().items() if code != language]


def context(request: Request) -> dict[str, Any]:
    """Give templates the session (None when signed out), who that is, where one can go, questions about the page."""
    session: Session | None = getattr(request, "session", None)
    always = {
        "languages": _languages(current()),
        "to_come_back": return_path.of_shown(request),
        "questions": _questions(request),
    }
    if session is None:
        return {"session": None, "who": None, "navigation": (), **always}
    here = return_path.of_page(request)
    # Where a page goes when the session is over; the one that says so stays.
    over = "" if request.path == links.signed_out() else links.session_ended(here)
    return {
        "session": session,
        "who": Who(session.identity.name, _how(session)),
        "navigation": [
            Shown(gettext(place.title), href, _current(place, href, request.path)) for place, href in places()
        ],
        "this_page": here,
        "session_over": over,
        **always,
    }


def _questions(request: Request) -> Sequence[help_entries.Entry]:
    match = request.resolver_match
    return help_entries.about(match.view_name, match.kwargs) if match else ()


def _how(session: Session) -> str:
    means, level = gettext(session.identity.means.label), gettext(session.identity.assurance.label)
    return str(gettext("Aangemeld met %(means)s (veiligheidsniveau %(level)s)")) % {"means": means, "level": level}


def _current(place: Place, href: str, path: str) -> str:
    if href == path:
        return "page"
    return "true" if path.startswith(href) and not place.stands_alone else ""
