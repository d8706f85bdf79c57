"""Addresses of the pages of dossiers."""

from functools import cache

from django.urls import reverse


@cache
def overview() -> str:
    """Give the path of the overview of one's own dossiers."""
    return str(reverse("dossiers:overview"))


def of_dossier(handle: str) -> str:
    """Give the path of the page of a dossier; written without `reverse`, because a page can have hundreds of them."""
    return f"{overview()}{handle}/"
