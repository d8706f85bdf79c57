"""Addresses, for other rooms (`ui.links`), of the pages and the form that the frame of every page leads to."""

from functools import cache

from django.urls import reverse


@cache
def cookies() -> str:
    """Give the address of the list of cookies."""
    return str(reverse("site:cookies"))


@cache
def choose_language() -> str:
    """Give the address that the form for another language posts to."""
    return str(reverse("site:language"))


@cache
def accessibility() -> str:
    """Give the address of the accessibility statement."""
    return str(reverse("site:accessibility"))
