"""Where others find the start page, the help, and the pages that every site owes its visitors."""

from functools import cache

from django.urls import reverse

from portal.platform.feature import installed

from . import navigation


@cache
def start() -> str:
    """Lead to the page that says what this is."""
    return str(reverse("home:start"))


def landing() -> str:
    """Lead to where whoever is signed in begins, when they wanted no page in particular.

    That is the start page when features have blocks there, else the first place in the navigation.
    """
    if any(feature.blocks for feature in installed.features()):
        return start()
    return next((href for _, href in navigation.places()), start())


@cache
def help_page() -> str:
    """Lead to the help, with every question."""
    return str(reverse("home:help"))


@cache
def help_entry(slug: str) -> str:
    """Lead to one answer of the help, by the name that it has there."""
    return str(reverse("home:help_entry", kwargs={"slug": slug}))


@cache
def cookies() -> str:
    """Lead to the list of cookies."""
    return str(reverse("home:cookies"))


@cache
def choose_language() -> str:
    """Lead to where a button of the frame chooses another language."""
    return str(reverse("home:language"))


@cache
def accessibility() -> str:
    """Lead to the accessibility statement."""
    return str(reverse("home:accessibility"))
