"""Addresses of notices, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse


@cache
def notices() -> str:
    """Lead to what was notified to the citizen: what the bell in the header leads to."""
    return str(reverse("notifications:listed"))


@cache
def news_of_notices() -> str:
    """Lead to where a page that is open hears of notices."""
    return str(reverse("notifications:live"))


@cache
def contact_preferences() -> str:
    """Lead to where a citizen chooses about what they are mailed, and where."""
    return str(reverse("notifications:preferences"))
