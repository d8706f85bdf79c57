"""Where others find the start page, and where whoever signs in begins."""

from functools import cache

from django.urls import reverse

from portal.platform.feature import installed, places


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
    return next((href for _, href in places.all_places()), start())
