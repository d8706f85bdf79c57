"""The addresses of the start page and of where signed-in people begin, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse

from portal.platform.feature import installed, places


@cache
def start() -> str:
    """Give the address of the start page."""
    return str(reverse("home:start"))


def landing() -> str:
    """Give the address where somebody begins who signed in without wanting a certain page.

    That is the start page when features have blocks for it, else the first place in the navigation.
    """
    if any(feature.blocks for feature in installed.features()):
        return start()
    return next((href for _, href in places.all_places()), start())
