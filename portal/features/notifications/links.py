"""Addresses of pages of notifications that other features link to, through `ui.links`."""

from functools import cache

from django.urls import reverse


@cache
def notices() -> str:
    """Give the address of the list of notices, to which the bell in the header links."""
    return str(reverse("notifications:listed"))


@cache
def news_of_notices() -> str:
    """Give the address of the event stream that tells an open page of new notices."""
    return str(reverse("notifications:live"))


@cache
def contact_preferences() -> str:
    """Give the address of the contact preferences."""
    return str(reverse("notifications:preferences"))
