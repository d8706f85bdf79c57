"""Addresses of the pages of privacy, for other rooms (`ui.links`)."""

from django.urls import reverse


def data_usage() -> str:
    """Lead to who used somebody's data."""
    return reverse("privacy:usage")


def privacy_policy() -> str:
    """Lead to what we do with data."""
    return reverse("privacy:policy")


def erase_everything() -> str:
    """Lead to where one has everything erased."""
    return reverse("privacy:erase")


def own_copy() -> str:
    """Lead to where one takes everything that is kept of oneself."""
    return reverse("privacy:own_copy")
