"""What every page shows around its content: who is here, and where one can go."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal.features.themes.types import TITLES, Theme
from portal.platform.sources import catalogue


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation."""

    title: str
    href: str
    is_current: bool = False


@cache
def _places() -> Sequence[tuple[str, str]]:
    """Only what is there: a theme without datasets is absent, never dead."""
    themes = [theme for theme in Theme if catalogue.installed().of_theme(theme)]
    return [
        ("Uw gegevens", reverse("themes:overview")),
        *((TITLES[theme], reverse("themes:theme", kwargs={"theme": theme})) for theme in themes),
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the session (None when signed out) and, for who is signed in, the navigation."""
    session = getattr(request, "session", None)
    if session is None:
        return {"session": None, "navigation": ()}
    return {
        "session": session,
        "navigation": [Place(title, href, href == request.path) for title, href in _places()],
    }
